using System.Collections.Immutable;
using System.Globalization;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Students;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation.Methods;

/// <summary>An online cascade: the very loop, students and policies that an application runs.</summary>
internal sealed class CascadeMethod : IReplayMethod
{
    public string Name => "cascade";

    public async ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var budget = ExpertBudget.OfCalls(expert.Budget, items.Count);
        using var students = StudentSets.For(options, expert.Labels, seed, budget);
        var recorded = new RecordedGenerator(expert);
        var cascade = new Cascade(
            students.Seats.Select(seat => new Tier(seat.Name, students.GeneratorOf(seat.Name)!, students.PolicyOf(seat.Name)!)),
            new Expert(recorded, ReplayRun.Expert),
            new CascadeSettings { Seed = seed, ExpertBudget = budget, Learn = (episode, _) => LearnAsync(students, episode) });
        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        var regret = new RegretMeter(expert, options.Mode == ReplayMode.Paper ? options.CostWeight * options.ExpertCost : null);
        foreach (var item in items.InTurn(progress, cancellationToken))
        {
            recorded.Item = item;
            var request = new GenerationRequest([new ChatMessage(ChatRole.User, item.Text)], options: null, expert.Labels, WholeText.Projection);
            var asked = new CascadeRequestOptions { Key = item.Index.ToString(CultureInfo.InvariantCulture) };
            try
            {
                var (answer, episode) = await cascade.RunAsync(request, asked, cancellationToken);
                var outcome = await OutcomeOfAsync(item, answer, episode, students.Seats, cancellationToken);
                outcomes.Add(outcome);
                regret.Add(item, SaidBy(students.Seats[^1], episode)?.Labels, outcome.ExpertCalled);
            }
            catch (CascadeException)
            {
                // The budget was spent before a student could predict anything: nobody answers, which is wrong.
                outcomes.Add(new ItemOutcome(null, ReplayRun.Nobody, ExpertCalled: false, [.. students.Seats.Select(_ => (string?)null)]));
                regret.Add(item, said: null, wasExpertCalled: false);
            }
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return new ReplayRun(
            outcomes.MoveToImmutable(),
            [.. students.Seats.Select(seat => seat.Name)],
            InferenceCost: students.Seats.Sum(seat => CostOf(seat) * seat.InferenceCost),
            TrainingCost: students.Seats.Sum(seat => CostOf(seat) * seat.TrainingCost),
            seconds)
        {
            Regret = students.Seats is [{ Student: LogisticStudent } only]
                ? await regret.MeasureAsync(only, () => StudentSets.Create(options, options.Tiers[0], expert.Labels, seed), cancellationToken)
                : [],
        };

        double CostOf(StudentSeat seat) => seat.Student.Cost / students.Seats.Min(each => each.Student.Cost);
    }

    private static async ValueTask LearnAsync(OnlineCascade students, Episode episode)
    {
        students.Observe(episode);
        if (ExpertLesson.Of(episode) is { } lesson)
        {
            await students.Learner.LearnAsync(lesson);
        }
    }

    // A tier that was not needed says for the report what it would have said; nothing was learned meanwhile.
    private static async ValueTask<ItemOutcome> OutcomeOfAsync(
        StreamItem item, Generation answer, Episode episode, ImmutableArray<StudentSeat> seats, CancellationToken cancellationToken)
    {
        var calledExpert = episode.Root.Children.Any(attempt => attempt is { Role: AttemptRole.Expert, Generation: not null });
        var said = new string?[seats.Length];
        for (var i = 0; i < said.Length; i++)
        {
            said[i] = SaidBy(seats[i], episode)?.Labels?.Best
                ?? (calledExpert ? null : (await seats[i].PredictAsync(item.Text, cancellationToken))?.Best);
        }

        return new ItemOutcome(answer.Labels?.Best, episode.Answerer!.Name, calledExpert, [.. said]);
    }

    private static Generation? SaidBy(StudentSeat seat, Episode episode) =>
        episode.Root.Children.FirstOrDefault(attempt => attempt.Name == seat.Name)?.Generation;
}
