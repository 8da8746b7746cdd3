using LlmCascade.Students;
using LlmCascade.Tests.Calibration;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class EmbeddingStudentTests
{
    private static readonly string[] _labels = ["threes", "others"];
    private static readonly LabelSpace _space = new(_labels);

    // No word of one text is in another, but for one that all have.
    private static readonly List<(string Text, string Label)> _texts =
        [.. Enumerable.Range(0, 400).Select(i => ($"number {i * 7919 % 1000}", i * 7919 % 1000 % 3 == 0 ? "threes" : "others"))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_student_that_looks_at_embeddings_learns_what_words_do_not_tell(bool alsoWords)
    {
        using var embeddings = new NumberEmbeddings();
        var (student, words) = (Create(embeddings, alsoWords), LogisticStudent.Create(_space, seed: 1));
        await TeachAsync(student, 0, 200);
        await TeachAsync(words, 0, 200);

        Assert.InRange(await AccuracyAsync(student), 0.95, 1);
        Assert.InRange(await AccuracyAsync(words), 0, 0.75);
    }

    [Fact]
    public async Task Each_text_is_embedded_once_per_request_by_however_many_students_it_is_answered_and_learned()
    {
        using var embeddings = new NumberEmbeddings();
        await using var host = new OnlineHost(text => _texts.First(each => each.Text == text).Label, cascade => cascade
            .Classify(_labels)
            .AddStudent("both", student => student.UseEmbeddings(embeddings))
            .AddStudent("embeddings", student => student.UseEmbeddings(embeddings, alsoWords: false))
            .LimitExpertCalls(150, 400));

        var results = await host.ClassifyAsync(_texts.Select(each => each.Text));

        Assert.Equal(150, results.Count(result => result.IsFromExpert));
        Assert.Equal(_texts.Select(each => each.Text), embeddings.Texts);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 5)]
    [InlineData(false, 100)]
    [InlineData(true, 100)]
    public async Task Who_is_restored_goes_on_as_if_never_stopped(bool alsoWords, int lessons)
    {
        using var embeddings = new NumberEmbeddings();
        var student = Create(embeddings, alsoWords);
        await TeachAsync(student, 0, lessons);

        var restored = Create(embeddings, alsoWords);
        restored.Read(Bytes.Reader(student.Write), student.Version)();
        Assert.Equal(Bytes.Of(student.Write), Bytes.Of(restored.Write));
        await TeachAsync(student, lessons, 150);
        await TeachAsync(restored, lessons, 150);

        Assert.Equal(Bytes.Of(student.Write), Bytes.Of(restored.Write));
        foreach (var (text, _) in _texts)
        {
            Assert.Equal((await student.PredictAsync(text))!.Probabilities, (await restored.PredictAsync(text))!.Probabilities);
        }
    }

    [Fact]
    public async Task Embeddings_of_another_length_are_refused_by_name()
    {
        using var embeddings = new NumberEmbeddings();
        using var longer = new NumberEmbeddings(dimensions: 24);
        var student = Create(embeddings, alsoWords: true);
        await TeachAsync(student, 0, 50);
        var restored = Create(longer, alsoWords: true);
        restored.Read(Bytes.Reader(student.Write), student.Version)();

        var failures = new[]
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => restored.PredictAsync("number 1").AsTask()),
            await Assert.ThrowsAsync<InvalidOperationException>(() => restored.LearnAsync(new Demonstration("number 1", 1)).AsTask()),
        };

        Assert.All(failures, failure => Assert.Contains("embeddings of 12 numbers, and is given one of 24", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_correction_is_found_by_its_embedding_where_there_are_no_words()
    {
        using var embeddings = new NumberEmbeddings();
        var student = Create(embeddings, alsoWords: false);
        for (var i = 0; i < 60; i++)
        {
            await student.LearnAsync(new Demonstration(_texts[i].Text, 1 - IndexOf(i)));
        }

        for (var i = 0; i < 60; i++)
        {
            await student.LearnAsync(new Demonstration(_texts[i].Text, IndexOf(i)) { IsCorrection = true });
        }

        student.Revise();
        Assert.InRange(await AccuracyAsync(student), 0.95, 1);
    }

    private static LogisticStudent Create(NumberEmbeddings embeddings, bool alsoWords) =>
        LogisticStudent.CreateWithEmbeddings(_space, seed: 1, embeddings, alsoWords, cost: 0.1);

    private static int IndexOf(int i) => Array.IndexOf(_labels, _texts[i].Label);

    private static async Task TeachAsync(LogisticStudent student, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            await student.LearnAsync(new Demonstration(_texts[i].Text, IndexOf(i)));
        }
    }

    private static async Task<double> AccuracyAsync(LogisticStudent student)
    {
        var right = 0;
        for (var i = 200; i < 400; i++)
        {
            right += (await student.PredictAsync(_texts[i].Text))!.Best == _texts[i].Label ? 1 : 0;
        }

        return right / 200.0;
    }
}
