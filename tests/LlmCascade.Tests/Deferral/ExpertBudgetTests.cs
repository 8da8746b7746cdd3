using CsCheck;
using LlmCascade.Calibration;
using LlmCascade.Deferral;
using Xunit;

namespace LlmCascade.Tests.Deferral;

public sealed class ExpertBudgetTests
{
    private static readonly Gen<IReadOnlyList<double>> _confidences = Gen.OneOf(
        Gen.Double[0, 1].Select(same => (IReadOnlyList<double>)[same]),
        Gen.Double[0, 1].Array[1, 700].Select(all => (IReadOnlyList<double>)all),
        Gen.Double[0, 1].Array[1, 700].Select(all => (IReadOnlyList<double>)[.. all.Order()]),
        Gen.Double[0, 1].Array[1, 700].Select(all => (IReadOnlyList<double>)[.. all.OrderDescending()]),
        Gen.OneOfConst(0.0, 1.0).Array[1, 50].Select(all => (IReadOnlyList<double>)all));

    [Fact]
    public void Calls_over_a_known_length_are_all_spent_and_never_exceeded() =>
        Gen.Select(_confidences, Gen.Int[1, 1500], Gen.Double[0, 1], Gen.Int[0, 20]).Sample(
            (confidences, requests, share, alarmedEvery) =>
            {
                var calls = (int)(share * requests);
                var budget = ExpertBudget.OfCalls(calls, requests);

                foreach (var n in Follow(budget, confidences, requests, alarmedEvery))
                {
                    Assert.InRange(budget.Spent, 0, calls);
                    Assert.Equal(n, budget.Requests);
                }

                Assert.Equal((calls, 0, 0.0), (budget.Spent, budget.Available, budget.Rate));
            },
            iter: 300);

    [Fact]
    public void What_was_not_spent_on_a_known_length_may_be_spent_after_it()
    {
        var budget = ExpertBudget.OfCalls(3, 10);
        for (var i = 0; i < 20; i++)
        {
            budget.CountRequest();
        }

        Assert.Equal(1, budget.Rate);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => budget.TryTake()));
    }

    [Fact]
    public void A_share_is_never_exceeded_at_any_moment() =>
        Gen.Select(_confidences, Gen.Int[1, 1500], Gen.Double[0.001, 1], Gen.Int[0, 200], Gen.Bool).Sample(
            (confidences, requests, share, burst, spendFully) =>
            {
                var budget = ExpertBudget.OfShare(share, burst, spendFully);

                foreach (var n in Follow(budget, confidences, requests, alarmedEvery: 100))
                {
                    Assert.True(budget.Spent <= (share * n) + burst, $"{budget.Spent} after {n}");
                }
            },
            iter: 300);

    [Fact]
    public void A_share_that_greed_takes_all_of_is_never_exceeded() =>
        Gen.Select(Gen.Double[0.001, 1], Gen.Int[0, 200], Gen.Int[0, 4].Array[1, 300]).Sample((share, burst, takes) =>
        {
            var budget = ExpertBudget.OfShare(share, burst);
            for (var n = 1; n <= takes.Length; n++)
            {
                budget.CountRequest();
                for (var i = 0; i < takes[n - 1]; i++)
                {
                    budget.TryTake();
                }

                Assert.True(budget.Spent <= (share * n) + burst);
                Assert.Equal((long)Math.Floor((share * n) + burst) - budget.Spent, budget.Available);
            }
        });

    [Fact]
    public void A_share_that_is_to_be_spent_is_spent_but_for_2_percent_whoever_is_how_sure() =>
        Gen.Select(_confidences, Gen.Int[1, 3000], Gen.Double[0.01, 1], Gen.Int[0, 200]).Sample(
            (confidences, requests, share, burst) =>
            {
                var budget = ExpertBudget.OfShare(share, burst, spendFully: true);

                foreach (var n in Follow(budget, confidences, requests, alarmedEvery: 0))
                {
                    // No request can be asked about twice, and no half of a call be made.
                    var possible = Math.Min(n, Math.Floor((share * n) + burst));
                    Assert.True(budget.Spent >= Math.Min(possible - 1, 0.98 * possible) - 1, $"{budget.Spent} of {possible} after {n}");
                }
            },
            iter: 300);

    [Fact]
    public void A_share_is_a_ceiling_for_students_that_are_sure()
    {
        var budget = ExpertBudget.OfShare(0.2);

        _ = Follow(budget, [0.999], 5000, alarmedEvery: 0).Count();

        Assert.InRange(budget.Spent, 0, 1);
    }

    [Fact]
    public void The_least_certain_are_deferred_at_the_rate_of_the_budget()
    {
        const int Requests = 5000;
        var budget = ExpertBudget.OfCalls(1000, Requests);
        var confidences = Enumerable.Range(0, Requests).Select(i => i * 7919 % Requests / (double)Requests).ToList();
        List<double> deferred = [];
        var controller = new SpendingController(budget);

        foreach (var confidence in confidences)
        {
            if (Ask(budget, controller, confidence))
            {
                deferred.Add(confidence);
            }
        }

        Assert.Equal(1000, deferred.Count);
        // The first three tenths of the budget are spent whatever comes.
        Assert.InRange(deferred.Skip(300).Count(confidence => confidence < 0.3), 650, 700);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Among_equally_sure_answers_the_budget_is_spent_as_evenly_as_among_others(int values)
    {
        var (even, equal) = (ExpertBudget.OfCalls(200, 1000), ExpertBudget.OfCalls(200, 1000));
        var (others, equals) = (new SpendingController(even), new SpendingController(equal));

        for (var i = 0; i < 1000; i++)
        {
            Ask(even, others, i * 7919 % 1000 / 1000.0);
            Ask(equal, equals, 0.7 + (i % values / 10.0));

            Assert.InRange(equal.Spent, even.Spent - 20, even.Spent + 20);
        }

        Assert.Equal(200, equal.Spent);
    }

    [Fact]
    public void An_alarm_spends_more_for_a_while()
    {
        Assert.True(SpentAfterWarmUp(isAlarmed: true) > 1.5 * SpentAfterWarmUp(isAlarmed: false));

        static long SpentAfterWarmUp(bool isAlarmed)
        {
            var budget = ExpertBudget.OfCalls(1000, 10_000);
            var controller = new SpendingController(budget);
            for (var i = 0; i < 1000; i++)
            {
                Ask(budget, controller, i * 7919 % 1000 / 1000.0);
            }

            if (isAlarmed)
            {
                controller.Alarm();
            }

            var before = budget.Spent;
            for (var i = 0; i < 400; i++)
            {
                Ask(budget, controller, i * 7919 % 1000 / 1000.0);
            }

            return budget.Spent - before;
        }
    }

    [Fact]
    public void A_controller_that_is_written_and_read_decides_as_before() =>
        Gen.Select(Gen.Double[0, 1].Array[0, 1200], Gen.Double[0, 1].Array[1, 100], Gen.Bool).Sample((past, future, isAlarmed) =>
        {
            var (one, other) = (new SpendingController(Started()), new SpendingController(Started()));
            Array.ForEach(past, one.Observe);
            if (isAlarmed)
            {
                one.Alarm();
            }

            var memory = new MemoryStream();
            one.Write(new BinaryWriter(memory));
            memory.Position = 0;
            other.Read(new BinaryReader(memory), version: 1)();

            foreach (var confidence in future)
            {
                Assert.Equal(one.Judge(Confidence.Measured(confidence), draw: 0.5), other.Judge(Confidence.Measured(confidence), draw: 0.5));
                one.Observe(confidence);
                other.Observe(confidence);
            }

            Assert.Equal(memory.Length, memory.Position);

            static ExpertBudget Started() => ExpertBudget.OfCalls(300, 1000);
        });

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(501, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 501)]
    public void A_state_that_no_controller_has_is_refused(int alarmed, int count)
    {
        var memory = new MemoryStream();
        var writer = new BinaryWriter(memory);
        writer.Write(0L);
        writer.Write(0L);
        writer.Write(alarmed);
        writer.Write(count);
        memory.Position = 0;

        Assert.Throws<InvalidDataException>(
            () => new SpendingController(ExpertBudget.OfCalls(1, 1)).Read(new BinaryReader(memory), version: 1));
    }

    [Fact]
    public void Numbers_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("calls", () => ExpertBudget.OfCalls(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("calls", () => ExpertBudget.OfCalls(100, 10));
        Assert.Throws<ArgumentOutOfRangeException>("requests", () => ExpertBudget.OfCalls(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => ExpertBudget.OfShare(0));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => ExpertBudget.OfShare(1.01));
        Assert.Throws<ArgumentOutOfRangeException>("share", () => ExpertBudget.OfShare(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("burst", () => ExpertBudget.OfShare(0.5, -1));
    }

    private static IEnumerable<int> Follow(ExpertBudget budget, IReadOnlyList<double> confidences, int requests, int alarmedEvery)
    {
        var controller = new SpendingController(budget);
        for (var n = 1; n <= requests; n++)
        {
            if (alarmedEvery > 0 && n % alarmedEvery == 0)
            {
                controller.Alarm();
            }

            Ask(budget, controller, confidences[n % confidences.Count]);
            yield return n;
        }
    }

    private static bool Ask(ExpertBudget budget, SpendingController controller, double confidence)
    {
        budget.CountRequest();
        var draw = new SplitMix((ulong)budget.Requests).NextDouble();
        var isDeferred = controller.Judge(Confidence.Measured(confidence), draw).IsDeferral && budget.TryTake();
        controller.Observe(confidence);
        return isDeferred;
    }
}
