using CsCheck;
using LlmCascade.Steps;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepBoundaryPropertyTests
{
    private static readonly StepBoundary[] _boundaries =
    [
        StepBoundary.Line, StepBoundary.Numbered, StepBoundary.ThoughtAction, StepBoundary.Sentence, StepBoundary.ToolIteration,
        StepBoundary.StopSequence("\n\n"), StepBoundary.StopSequence("||"), StepBoundary.StopSequence(" x"),
    ];

    // What boundaries look for, cut and put together as nobody would.
    private static readonly string[] _scraps =
    [
        "\n", "\n", "\n\n", " ", " ", "\r\n", "\t", "```", "~~~", "`", "Step 1", "Step 2:", "1.", "2)", "(3)", "3.5", "**", "#", "Thought:", "Action:", "Action Input:", "Observation:",
        "Observ", "ation:", "Thought 2", ":", "a", "word", "Mr.", "U.S.", "e.g.", "J.", "No.", ".", "!", "?", "…", "。", "！", "\"", ")", "」", "|", "||", "x", "\ud83d", "\0",
    ];

    private static readonly Gen<string> _text = Gen.OneOf(
        Gen.String[Gen.Char, 0, 30],
        Gen.OneOfConst(_scraps).Array[0, 20].Select(scraps => string.Concat(scraps)),
        Gen.OneOfConst(_scraps).Array[0, 20].Select(scraps => string.Join(' ', scraps)));

    [Fact]
    public void A_step_that_has_ended_ends_there_whatever_follows() => _text.Sample(text =>
    {
        foreach (var boundary in _boundaries)
        {
            int? found = null;
            for (var length = 0; length <= text.Length; length++)
            {
                var end = boundary.FindEnd(text[..length]);
                Assert.True(found is null || end == found, $"{boundary.Id}: {end} and not {found} after {length}");
                Assert.True(end is null or > 0 && (end is null || end < length), $"{boundary.Id}: {end} of {length}");
                found ??= end;
            }
        }
    });

    [Fact]
    public void Steps_do_not_depend_on_the_chunks_in_which_a_text_arrives() => Gen.Select(_text, Gen.Int[1, 5]).Sample((text, chunk) =>
    {
        foreach (var boundary in _boundaries)
        {
            Assert.Equal(boundary.Split(text), Stream(boundary, text, chunk));
        }
    });

    [Fact]
    public void Steps_are_trimmed_and_not_empty() => _text.Sample(text =>
    {
        foreach (var step in _boundaries.SelectMany(boundary => boundary.Split(text)))
        {
            Assert.Equal(step.Trim(), step);
            Assert.NotEqual("", step);
        }
    });

    [Fact]
    public void Steps_hold_everything_but_blanks_that_is_no_separator_and_no_observation() => _text.Sample(text =>
    {
        foreach (var boundary in _boundaries.Where(boundary => boundary != StepBoundary.ThoughtAction))
        {
            var kept = string.IsNullOrWhiteSpace(boundary.Separator) ? text : text.Replace(boundary.Separator, "", StringComparison.Ordinal);
            var steps = string.Concat(boundary.Split(text));
            var inSteps = string.IsNullOrWhiteSpace(boundary.Separator) ? steps : steps.Replace(boundary.Separator, "", StringComparison.Ordinal);
            Assert.Equal(WithoutBlanks(kept), WithoutBlanks(inSteps));
        }
    });

    [Fact]
    public void Steps_that_are_joined_are_the_same_steps_again()
    {
        var words = Gen.OneOfConst("three", "apples", "cost", "$2.50", "and", "(so)", "3.5", "Mr. Smith").Array[1, 6].Select(words => string.Join(' ', words));
        words.Array[1, 8].Sample(lines =>
        {
            AssertJoined(StepBoundary.Line, lines);
            AssertJoined(StepBoundary.StopSequence("\n\n"), lines);
            AssertJoined(StepBoundary.Sentence, [.. lines.Select(line => $"Then {line} go.")]);
            AssertJoined(StepBoundary.Numbered, [.. lines.Select((line, i) => $"Step {i + 1}: so {line}")]);
            AssertJoined(StepBoundary.ThoughtAction, [.. lines.Select(line => $"Thought: {line}\nAction: look")]);
        });
    }

    [Fact]
    public void A_long_text_is_split_in_no_time()
    {
        foreach (var boundary in _boundaries)
        {
            foreach (var piece in new[] { "a\n", "1. a\n", "(1) ", "Thought: a\n", "Observation:\n", "a. ", "U.S. ", "||", "````\n", "\n", " ", "。" })
            {
                boundary.Split(string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length)));
            }
        }
    }

    private static void AssertJoined(StepBoundary boundary, string[] steps)
    {
        var text = string.Join(boundary.Separator, steps);
        Assert.Equal(steps, boundary.Split(text));
        Assert.Equal(text, string.Join(boundary.Separator, boundary.Split(text)));
    }

    private static List<string> Stream(StepBoundary boundary, string text, int chunk)
    {
        List<string> steps = [];
        var buffer = "";
        for (var place = 0; place < text.Length; place += chunk)
        {
            buffer += text.Substring(place, Math.Min(chunk, text.Length - place));
            while (boundary.FindEnd(buffer) is { } end)
            {
                steps.AddRange(boundary.Split(buffer[..end]));
                buffer = buffer[end..];
            }
        }

        steps.AddRange(boundary.Split(buffer));
        return steps;
    }

    private static string WithoutBlanks(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
