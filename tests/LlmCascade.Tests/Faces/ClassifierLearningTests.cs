using System.Globalization;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

/// <summary>What a stream has learned when it answers an item depends on nothing but the order of its texts.</summary>
public sealed class ClassifierLearningTests
{
    private const int Items = 60;

    private static readonly LabelPrompt _mood = new(new LabelSpace("positive", "negative"));

    public static TheoryData<int, bool, CascadeMode> Runs()
    {
        var runs = new TheoryData<int, bool, CascadeMode>();
        foreach (var isAsynchronous in new[] { false, true })
        {
            foreach (var mode in new[] { CascadeMode.Normal, CascadeMode.ExpertOnly })
            {
                for (var concurrency = 1; concurrency <= 8; concurrency++)
                {
                    runs.Add(concurrency, isAsynchronous, mode);
                }
            }
        }

        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task An_item_is_answered_after_exactly_the_lessons_of_the_items_so_far_before_it(
        int concurrency, bool isAsynchronous, CascadeMode mode)
    {
        List<string>? before = null;
        for (var seed = 0; seed < 4; seed++)
        {
            var run = new Run(concurrency, isAsynchronous, mode, seed);

            var results = await run.ListAsync();

            Assert.Equal(Enumerable.Range(0, Items), run.Learned);
            Assert.Empty(run.Mistakes);
            Assert.Equal(before ?? results, results);
            before = results;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_chat_model_behind_the_students_changes_nothing_about_that(int concurrency)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var run = new Run(concurrency, isAsynchronous: true, CascadeMode.Normal, seed, hasChat: true);

            await run.ListAsync();

            Assert.Equal(Enumerable.Range(0, Items), run.Learned);
            Assert.Empty(run.Mistakes);
        }
    }

    private sealed class Run(int concurrency, bool isAsynchronous, CascadeMode mode, int seed, bool hasChat = false)
    {
        private readonly Gates _gates = new(seed);
        private int _isLearning;

        public List<int> Learned { get; } = [];

        public List<string> Mistakes { get; } = [];

        public async Task<List<string>> ListAsync()
        {
            List<Tier> tiers = [new("first", new FunctionGenerator(LookAsync), DeferAll), new("second", Nested(), DeferAll), new("third", new FunctionGenerator(LookAsync), Policy)];
            if (hasChat)
            {
                tiers.Add(new("chat", new FunctionGenerator(AnswerAsync), DeferAll) { LearnsNothing = true });
            }

            var cascade = new Cascade(
                tiers,
                new Expert(new FunctionGenerator(AnswerAsync)),
                new CascadeSettings { Mode = mode, Learn = LearnAsync, ExpertBudget = ExpertBudget.OfShare(0.5, burst: 3) });
            List<string> results = [];
            var texts = Enumerable.Range(0, Items).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToAsyncEnumerable();
            await _gates.OpenUntilAsync(Task.Run(async () =>
            {
                await foreach (var result in new CascadeClassifier(cascade, _mood).ClassifyStreamAsync(texts, concurrency))
                {
                    results.Add($"{result} {result.Label} {string.Join(' ', result.Episode!.Reasons())}");
                }
            }));
            return results;
        }

        private static IDeferralPolicy Policy { get; } =
            DeferralPolicy.Create((request, _) => Number(request) % 3 == 0 ? Verdict.Keep("kept") : Verdict.Defer("deferred"));

        private static int Number(GenerationRequest request) => int.Parse(request.Query, CultureInfo.InvariantCulture);

        // A cascade inside, whose own expert is slow, says nothing about the tiers after it.
        private Cascade Nested() => new(
            [],
            new Expert(new FunctionGenerator(async (request, token) =>
            {
                await _gates.PassAsync(token);
                return Named("negative");
            }))
            { Policy = DeferralPolicy.Create((_, _) => Verdict.Defer("abstained")) });

        private async ValueTask<Generation> LookAsync(GenerationRequest request, CancellationToken cancellationToken)
        {
            Check(request);
            if (isAsynchronous)
            {
                await _gates.PassAsync(cancellationToken);
            }

            Check(request);
            return Named("positive");
        }

        private async ValueTask<Generation> AnswerAsync(GenerationRequest request, CancellationToken cancellationToken)
        {
            await _gates.PassAsync(cancellationToken);
            return Named("negative");
        }

        private async ValueTask LearnAsync(Episode episode, CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _isLearning, 1) == 1)
            {
                Mistakes.Add("two lessons at once");
            }

            await _gates.PassAsync(cancellationToken);
            Learned.Add(Number(episode.Request));
            _isLearning = 0;
        }

        private void Check(GenerationRequest request)
        {
            if (Learned.Count != Math.Max(0, Number(request) + 1 - concurrency))
            {
                Mistakes.Add($"{request.Query} was looked at after {Learned.Count} lessons");
            }
        }

        private static Generation Named(string label) =>
            new ScriptedReply(label).ToGeneration() with { Labels = LabelDistribution.Certain(_mood.Labels, label) };
    }
}
