using System.IO.Compression;
using System.Text.Json;
using LlmCascade.Steps;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class RecordedSolutionsTests : ValidatorTest
{
    [Fact]
    public void Each_line_of_a_recorded_solution_is_a_step()
    {
        foreach (var (text, _) in FourModels())
        {
            Assert.Equal(text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0), StepBoundary.Line.Split(text));
        }
    }

    [Fact]
    public void The_last_step_of_nearly_every_recorded_solution_gives_the_answer()
    {
        var last = FourModels().Select(solution => StepBoundary.Line.Split(solution.Text)[^1]).ToList();

        Assert.InRange(last.Count(FinalAnswer.IsIn), 0.95 * last.Count, last.Count);
    }

    [Fact]
    public void Solutions_with_a_wrong_result_are_wrong_far_more_often_than_others()
    {
        var rows = Lines("gsm8k-weak-strong.tsv.gz").Skip(1).Select(line => line.Split('\t')).ToList();
        var weak = Count(rows.Select(row => (row[8], row[4] == "1")));
        var strong = Count(rows.Select(row => (row[9], row[6] == "1")));

        Assert.InRange(weak.Flagged, 80, 200);
        Assert.True(weak.Precision > 0.85, $"{weak.Precision} of {weak.Flagged} against {weak.BaseRate}");
        Assert.True(strong.Flagged <= 10, $"{strong.Flagged} of GPT-4's");
    }

    [Fact]
    public void Solutions_that_were_written_with_a_calculator_are_seldom_called_wrong()
    {
        var four = Count(FourModels());

        Assert.InRange(four.Flagged, 50, 150);
        Assert.True(four.Precision > 0.8, $"{four.Precision} of {four.Flagged} against {four.BaseRate}");
    }

    private static Counts Count(IEnumerable<(string Text, bool IsRight)> solutions)
    {
        var (all, wrong, flagged, both) = (0, 0, 0, 0);
        foreach (var (text, isRight) in solutions)
        {
            var isFlagged = Check(StepIntrospector.Arithmetic, Question, Step(text)).ErrorProbability is not null;
            all++;
            wrong += isRight ? 0 : 1;
            flagged += isFlagged ? 1 : 0;
            both += isFlagged && !isRight ? 1 : 0;
        }

        return new(flagged, (double)both / flagged, (double)wrong / all);
    }

    private static IEnumerable<(string Text, bool IsRight)> FourModels()
    {
        foreach (var line in Lines("gsm8k-four.jsonl.gz"))
        {
            using var document = JsonDocument.Parse(line);
            foreach (var model in document.RootElement.GetProperty("outputs").EnumerateObject())
            {
                yield return (model.Value.GetProperty("text").GetString()!, model.Value.GetProperty("score").GetDouble() == 1);
            }
        }
    }

    private static IEnumerable<string> Lines(string name)
    {
        var file = RepositoryRoot.Shared($"streams/{name}");
        Assert.SkipUnless(File.Exists(file), $"The recorded solutions are not on this machine (../shared/streams/{name}).");
        using var unzipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(unzipped);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private sealed record Counts(int Flagged, double Precision, double BaseRate);
}
