using Xunit;

namespace LlmCascade.Tests.Architecture;

public sealed class SnippetsTests
{
    private const string Sample = """
        internal static class Program
        {
            // snippet: ask
            if (ready)
            {

                Ask();
            }
            // end-snippet
        }
        """;

    private const string Block = """
        <!-- snippet: ask -->
        ```csharp
        if (ready)
        {

            Ask();
        }
        ```
        """;

    [Fact]
    public void The_documentation_shows_the_code_of_the_samples() => Violations.NoneIn(Snippets.FindDifferences(
        [TextFile.Read("README.md"), .. TextFile.Under("*.md", "docs")], [.. TextFile.Under("*.cs", "samples"), .. TextFile.Under("*.json", "samples")]));

    [Fact]
    public void A_snippet_may_be_indented_otherwise_than_its_sample() => Assert.Empty(Find(Block, Sample));

    [Theory]
    [InlineData("Ask", "Tell", "README.md: the snippet ask differs from its sample")]
    [InlineData("        Ask", "    Ask", "README.md: the snippet ask differs from its sample")]
    [InlineData("snippet: ask", "snippet: other", "README.md: the snippet ask is in no sample")]
    [InlineData("// end-snippet", "", "README.md: the snippet ask is in no sample", "Program.cs: the snippet ask has no end")]
    public void A_snippet_that_its_sample_does_not_hold_is_reported(string original, string change, params string[] expected) =>
        Assert.Equal(expected.Order(), Find(Block, Sample.Replace(original, change, StringComparison.Ordinal)).Order());

    [Theory]
    [InlineData("```csharp")]
    [InlineData("```csharp\nAsk();")]
    [InlineData("Text\n```csharp\nAsk();\n```")]
    public void A_mark_without_a_block_is_reported(string rest) => Assert.Contains(
        "README.md: the snippet ask is not followed by a block of csharp or json",
        Find("<!-- snippet: ask -->\n" + rest, Sample));

    [Fact]
    public void A_block_without_a_mark_is_reported() => Assert.Equal(
        ["README.md: the block of csharp in line 3 is no snippet"],
        Find(Block.Replace("<!--", "text\n<!--", StringComparison.Ordinal).Replace("<!-- snippet: ask -->", "", StringComparison.Ordinal), Sample));

    [Fact]
    public void A_file_of_json_is_one_snippet()
    {
        const string Document = "<!-- snippet: samples/a.json -->\n```json\n{ \"a\": 1 }\n```";
        TextFile file = new("samples/a.json", "{ \"a\": 1 }\n");

        Assert.Empty(Snippets.FindDifferences([new("README.md", Document)], [file]));
        Assert.Equal(
            ["README.md: the snippet samples/a.json differs from its sample"],
            Snippets.FindDifferences([new("README.md", Document.Replace('1', '2'))], [file]));
    }

    [Fact]
    public void A_region_that_is_there_twice_is_reported() => Assert.Equal(
        ["Program.cs: the snippet ask is there twice"], Find(Block, Sample + "\n" + Sample));

    private static List<string> Find(string document, string sample) =>
        Snippets.FindDifferences([new("README.md", document)], [new("Program.cs", sample)]);
}
