using System.Text;
using CsCheck;
using LlmCascade.Steps;
using Xunit;
using static LlmCascade.Tests.Steps.JsonLinesText;
using static LlmCascade.Tests.Steps.SampleRecords;

namespace LlmCascade.Tests.Steps;

public sealed class TrajectoryFileTests
{
    private const string Least = """{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[],"end":"open"}""";

    [Fact]
    public Task What_is_written_is_read_as_it_was_but_for_halves_of_surrogate_pairs() => Any.Array[0, 3].SampleAsync(async records =>
    {
        var text = await WriteAsync(records);
        var read = await ReadRecordsAsync(text);

        Assert.Equal(records.Select(Describe), read.Select(Describe));
        Assert.Equal(records.Length, text.Count(character => character == '\n'));
    });

    [Fact]
    public async Task Texts_stay_readable()
    {
        var text = await WriteAsync([Corrected with { Answer = "Grüße, 東京 <b>&'+" }]);

        Assert.Contains("Grüße, 東京 <b>&'+", text, StringComparison.Ordinal);
        Assert.Contains("\"5 + 4 = 8\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_where_there_is_nothing()
    {
        var text = await WriteAsync([new TrajectoryRecord("a", new Trajectory([], []))]);

        Assert.Equal("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[],"end":"open","isCostComplete":false}""" + "\n", text);
    }

    [Fact]
    public async Task A_redactor_sees_every_text_and_no_code_or_name()
    {
        List<string> seen = [];
        var step = new ReasoningStep("a text", "author")
        {
            Check = new StepCheck("source") { Reason = "code", Explanation = "an explanation", Parts = [new StepCheck("source") { Explanation = "a part" }] },
            Rejected = [new ReasoningStep("a rejected one", "author")],
            Hint = "a hint",
            Observation = "an observation",
        };
        var record = Corrected with { Trajectory = Corrected.Trajectory with { Steps = [step] }, Answer = "an answer" };

        var text = await WriteAsync([record], each =>
        {
            seen.Add(each);
            return "***";
        });

        Assert.Equal(["Be brief.", "2 + 3 + 4?", "a text", "an explanation", "a part", "a rejected one", "a hint", "an observation", "an answer"], seen);
        Assert.DoesNotContain(seen, each => text.Contains($"\"{each}\"", StringComparison.Ordinal));
        Assert.Contains("\"code\"", text, StringComparison.Ordinal);
        Assert.Contains("\"author\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redactor_that_returns_null_is_told_so_and_writes_no_line()
    {
        using var stream = new MemoryStream();
        await Assert.ThrowsAsync<InvalidOperationException>(() => TrajectoryFile.WriteAsync(stream, [Corrected], _ => null!));
        Assert.Equal(0, stream.Length);
    }

    [Theory]
    [InlineData("nonsense", "'nonsense' is an invalid")]
    [InlineData("[]", "there is no JSON object")]
    [InlineData("""{"id":"a"}""", "there is no \"format\"")]
    [InlineData("""{"format":1}""", "there is no \"format\"")]
    [InlineData("""{"format":"llmcascade-trajectory-2","novel":true}""", "the format is 'llmcascade-trajectory-2', and 'llmcascade-trajectory-1' is what can be read")]
    [InlineData("""{"format":"llmcascade-trajectory-1","task":[],"steps":[],"end":"open"}""", "'id'")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":null,"task":[],"steps":[],"end":"open"}""", "id")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[],"end":"never"}""", "$.end")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[],"end":1}""", "$.end")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[null],"end":"open"}""", "an element of \"steps\" is null")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[{"role":" ","text":""}],"steps":[],"end":"open"}""", "")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[{"text":"x"}],"end":"open"}""", "$.steps[0]")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[],"end":"open","handedOverAt":1}""", "a step that is not there")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[{"text":"x","author":"y","check":{"source":"z","errorProbability":2}}],"end":"open"}""", "A probability lies between 0 and 1")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[{"text":"x","author":"y","acceptedAfterMs":1e25}],"end":"open"}""", "")]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a\ud83d","task":[],"steps":[],"end":"open"}""", "")]
    public async Task A_bad_line_is_named_with_what_is_wrong(string line, string what)
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => ReadRecordsAsync($"{Least}\n\n{line}\n{Least}"));

        Assert.StartsWith("Line 3: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_before_a_bad_one_are_read()
    {
        await using var records = TrajectoryFile.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes($"{Least}\nnonsense"))).GetAsyncEnumerator();

        Assert.True(await records.MoveNextAsync());
        await Assert.ThrowsAsync<InvalidDataException>(async () => await records.MoveNextAsync());
    }

    [Fact]
    public async Task What_is_no_utf_8_is_refused()
    {
        await using var records = TrajectoryFile.ReadAsync(new MemoryStream([(byte)'{', 0xff, 0xfe, (byte)'}'])).GetAsyncEnumerator();

        var failure = await Assert.ThrowsAsync<InvalidDataException>(async () => await records.MoveNextAsync());
        Assert.Contains("UTF-8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_fields_blank_lines_and_a_byte_order_mark_make_no_difference()
    {
        var records = await ReadRecordsAsync("\ufeff\n" + Least.Replace("\"id\"", "\"novel\":{\"x\":[1]},\"id\"", StringComparison.Ordinal) + "\r\n  \n" + Least);

        Assert.Equal(["a", "a"], records.Select(record => record.Id));
    }
}
