using System.Text.RegularExpressions;
using Xunit;

namespace LlmCascade.Tests.Architecture;

public sealed partial class LinksTests
{
    [Fact]
    public void Links_within_the_repository_lead_somewhere()
    {
        List<TextFile> documents = [TextFile.Read("README.md"), TextFile.Read("CHANGELOG.md"), TextFile.Read("CONTRIBUTING.md"), .. TextFile.Under("*.md", "docs")];
        var links = documents.SelectMany(document => Link.Matches(document.Text).Select(match => (document.Path, Target: match.Groups["target"].Value))).ToList();

        Assert.NotEmpty(links);
        Violations.NoneIn([.. links.Where(link => !Exists(link.Path, link.Target)).Select(link => $"{link.Path} links to {link.Target}")]);
    }

    private static bool Exists(string document, string target)
    {
        var path = Path.Combine(RepositoryRoot.Path, Path.GetDirectoryName(document)!, target);
        return File.Exists(path) || Directory.Exists(path);
    }

    [GeneratedRegex(@"\]\((?!https?:)(?<target>[^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link { get; }
}
