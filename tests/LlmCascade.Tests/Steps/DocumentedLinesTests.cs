using Xunit;
using static LlmCascade.Tests.Steps.JsonLinesText;

namespace LlmCascade.Tests.Steps;

public sealed class DocumentedLinesTests
{
    private static readonly string[] _lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "training-data.md"));

    [Fact]
    public async Task The_documented_trajectory_is_one_that_would_be_written()
    {
        var line = Assert.Single(_lines, line => line.StartsWith("""{"format":"llmcascade-trajectory-1""", StringComparison.Ordinal));

        Assert.Equal(line + "\n", await WriteAsync(await ReadRecordsAsync(line)));
    }

    [Fact]
    public async Task The_documented_training_example_is_one_that_would_be_written()
    {
        var line = Assert.Single(_lines, line => line.StartsWith("""{"format":"llmcascade-training-1""", StringComparison.Ordinal));

        Assert.Equal(line + "\n", await WriteAsync(await ReadExamplesAsync(line)));
    }
}
