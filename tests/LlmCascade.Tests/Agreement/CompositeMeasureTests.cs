using LlmCascade.Agreement;
using LlmCascade.Agreement.Measures;
using LlmCascade.Calibration;
using LlmCascade.Embeddings;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class CompositeMeasureTests
{
    [Fact]
    public async Task The_default_is_the_mean_of_similarity_and_conclusion()
    {
        const string First = "The museum is open. The answer is 5.", Second = "Museums open daily, so the answer is five.";
        var similarity = await SimilarityAsync(First, Second);

        Assert.Equal((1 + similarity) / 2, (await Pair.MeasureAsync(SimilarityMeasure.Default, First, Second))!.Value, 12);
    }

    [Fact]
    public async Task Without_a_conclusion_the_default_is_the_similarity()
    {
        const string First = "The museum in the old town is open on most days", Second = "Most days you find the museum in the town open";

        Assert.Equal(await SimilarityAsync(First, Second), (await Pair.MeasureAsync(SimilarityMeasure.Default, First, Second))!.Value, 12);
    }

    [Theory]
    [InlineData("The ticket to the old museum costs 5 euros a person", "The ticket to the old museum costs 6 euros a person")]
    [InlineData("The old museum is open on every Sunday in May", "The old museum is not open on every Sunday in May")]
    [InlineData("I'm sorry, but I can't help with that question", "It is help with that question that I can't do without")]
    [InlineData("Yes, that is so, as far as I know", "No, that is so, as far as I know")]
    public async Task Vetoes_override_the_default(string first, string second)
    {
        using var embeddings = new HashedEmbeddingGenerator();

        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Default, first, second));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Semantic(embeddings), first, second));
    }

    [Fact]
    public async Task Labels_and_json_come_before_texts()
    {
        var labels = new LabelSpace("yes", "no");

        Assert.Equal(1, await Pair.MeasureAsync(SimilarityMeasure.Default, """{"a":1,"b":2}""", """{"b":2.0,"a":1}"""));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Default, """{"a":1}""", """{"a":2}"""));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Default, Labelled("same words", "yes"), Labelled("same words", "no")));
        Assert.Equal(1, await Pair.MeasureAsync(SimilarityMeasure.Default, Labelled("some words", "yes"), Labelled("others", "yes")));

        Generation Labelled(string text, string label) => Pair.Answer(text) with { Labels = LabelDistribution.Certain(labels, label) };
    }

    [Fact]
    public async Task The_semantic_one_counts_the_cosine_as_a_fourth_part()
    {
        const string First = "The museum in the old town is open on most days", Second = "Most days you find the museum in the town open";
        using var embeddings = new HashedEmbeddingGenerator();
        var cosine = (await Pair.MeasureAsync(SimilarityMeasure.Embedding(embeddings), First, Second))!.Value;

        Assert.Equal(
            ((3 * await SimilarityAsync(First, Second)) + cosine) / 4, (await Pair.MeasureAsync(SimilarityMeasure.Semantic(embeddings), First, Second))!.Value, 12);
    }

    [Fact]
    public async Task A_weighted_mean_is_of_those_who_can_tell()
    {
        var mean = SimilarityMeasure.Weighted("mean", (Says(1), 3), (Says(0), 1), (Says(null), 100));

        Assert.Equal(0.75, await Pair.MeasureAsync(mean, "a", "b"));
        Assert.Null(await Pair.MeasureAsync(SimilarityMeasure.Weighted("nobody", (Says(null), 1)), "a", "b"));
    }

    [Fact]
    public async Task A_veto_counts_where_it_says_0()
    {
        Assert.Equal(0.5, await Pair.MeasureAsync(SimilarityMeasure.Unless("id", Says(0.5), Says(1), Says(0.1), Says(null)), "a", "b"));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Unless("id", Says(0.5), Says(1), Says(0)), "a", "b"));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Unless("id", Says(null), Says(0)), "a", "b"));
    }

    [Fact]
    public async Task What_was_said_before_vetoes_is_told_too()
    {
        var (agreement, similarity) = await VetoedMeasure.MeasureBothAsync(
            SimilarityMeasure.Unless("id", Says(0.5), Says(0)), Pair.Request, [Pair.Answer("a"), Pair.Answer("b")], context: null, TestContext.Current.CancellationToken);

        Assert.Equal((0, 0.5), (agreement[0, 1], similarity[0, 1]));
    }

    [Fact]
    public void Parts_that_make_no_sense_are_refused()
    {
        var part = SimilarityMeasure.TokenF1;

        Assert.Throws<ArgumentException>(() => SimilarityMeasure.Weighted(" ", (part, 1)));
        Assert.Throws<ArgumentException>(() => SimilarityMeasure.Weighted("id"));
        Assert.Throws<ArgumentNullException>(() => SimilarityMeasure.Weighted("id", (null!, 1)));
        Assert.All([0, -1, double.NaN, double.PositiveInfinity], weight =>
            Assert.Contains("token-f1-v1", Assert.Throws<ArgumentException>(() => SimilarityMeasure.Weighted("id", (part, weight))).Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => SimilarityMeasure.Unless("", part, part));
        Assert.Throws<ArgumentException>(() => SimilarityMeasure.Unless("id", part));
        Assert.Throws<ArgumentNullException>(() => SimilarityMeasure.Unless("id", part, [null!]));
        Assert.Throws<ArgumentException>(() => SimilarityMeasure.Judged(" ", (_, _) => new(0.5)));
        Assert.Throws<ArgumentNullException>(() => SimilarityMeasure.Judged("id", null!));
    }

    [Fact]
    public async Task Measures_that_belong_together_share_what_they_find()
    {
        List<IReadOnlyList<Generation>> seen = [];
        var part = new Scripted((_, answers) => seen.Add(answers));
        var measure = SimilarityMeasure.Unless("id", SimilarityMeasure.Weighted("mean", (part, 1), (SimilarityMeasure.Weighted("inner", (part, 1)), 1)), part);

        await measure.MeasureAsync(Pair.Request, [Pair.Answer("a"), Pair.Answer("b")], TestContext.Current.CancellationToken);

        Assert.Equal(3, seen.Count);
        Assert.All(seen, answers => Assert.Same(Assert.IsType<AnswerTexts>(seen[0]), answers));
    }

    [Fact]
    public async Task Answers_that_were_shared_can_be_measured_afterwards()
    {
        IReadOnlyList<Generation>? seen = null;
        var keeping = new Scripted((_, answers) => seen = answers);
        await SimilarityMeasure.Weighted("mean", (keeping, 1), (SimilarityMeasure.TokenF1, 1))
            .MeasureAsync(Pair.Request, [Pair.Answer("a b"), Pair.Answer("a c")], TestContext.Current.CancellationToken);

        Assert.IsType<AnswerTexts>(seen);
        Assert.Equal(0.5, (await SimilarityMeasure.TokenF1.MeasureAsync(Pair.Request, seen, TestContext.Current.CancellationToken))[0, 1]);
        Assert.Equal(["a b", "a c"], seen.Select(answer => answer.Response.Text));
    }

    [Fact]
    public async Task A_judge_is_asked_in_both_directions_and_the_lower_value_counts()
    {
        var judge = SimilarityMeasure.Judged("judge", (pair, _) => new((pair.First.Response.Text, pair.Second.Response.Text) switch
        {
            ("a", "b") => 1,
            ("b", "a") => 0.25,
            ("a", "c") or ("b", "c") => 0.5,
            ("c", "b") => 0.75,
            _ => null,
        }));
        var matrix = await judge.MeasureAsync(Pair.Request, [Pair.Answer("a"), Pair.Answer("b"), Pair.Answer("c")], TestContext.Current.CancellationToken);

        Assert.Equal((0.25, null, 0.5), (matrix[0, 1], matrix[0, 2], matrix[1, 2]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public async Task A_judge_that_makes_no_sense_is_named(double value)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Pair.MeasureAsync(SimilarityMeasure.Judged("nli-v7", (_, _) => new(value)), "a", "b"));

        Assert.Contains("nli-v7", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_judge_inside_others_begins_a_child_of_the_attempt()
    {
        var judge = SimilarityMeasure.Judged("judge", (pair, _) =>
        {
            using var child = pair.Context!.Begin("judge", AttemptRole.Judge);
            return new(0.5);
        });
        var measure = SimilarityMeasure.Unless(
            "all", AgreementMeasure.FirstThatTells("first", AgreementMeasure.SameLabel, SimilarityMeasure.Weighted("mean", (judge, 1))), SimilarityMeasure.OppositePolarity);
        var run = await new Asking(measure).RunAloneAsync(Pair.Request, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Null(run.Attempt.Failure);
        Assert.Equal(["judge", "judge"], run.Attempt.Children.Select(child => child.Name));
    }

    [Fact]
    public async Task Measuring_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await SimilarityMeasure.Default.MeasureAsync(Pair.Request, [Pair.Answer("a"), Pair.Answer("b")], cancelled.Token));
    }

    private static async Task<double> SimilarityAsync(string first, string second) =>
        ((await Pair.MeasureAsync(SimilarityMeasure.TokenF1, first, second))!.Value
            + (await Pair.MeasureAsync(SimilarityMeasure.RougeL, first, second))!.Value
            + (await Pair.MeasureAsync(SimilarityMeasure.CharacterNGrams(), first, second))!.Value) / 3;

    private static Scripted Says(double? value) => new((matrix, _) => matrix[0, 1] = value);

    private sealed class Scripted(Action<AgreementMatrix, IReadOnlyList<Generation>> fill) : IAgreementMeasure
    {
        public string Id => "scripted";

        public ValueTask<AgreementMatrix> MeasureAsync(GenerationRequest request, IReadOnlyList<Generation> answers, CancellationToken cancellationToken)
        {
            var matrix = new AgreementMatrix(answers.Count);
            fill(matrix, answers);
            return new(matrix);
        }
    }

    private sealed class Asking(IAgreementMeasure measure) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            await measure.MeasureAsync(request, [Pair.Answer("a"), Pair.Answer("b")], context, cancellationToken);
            return Pair.Answer("done");
        }
    }
}
