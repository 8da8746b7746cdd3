using System.Text.RegularExpressions;
using Xunit;

namespace LlmCascade.Tests.Architecture;

public sealed partial class SourceFileTests
{
    private const int Ceiling = 400;

    private static readonly string[] _bannedWords =
        ["Util", "Utils", "Helper", "Helpers", "Manager", "Managers", "Common", "Misc"];

    private static readonly List<TextFile> _sources = TextFile.Under("*.cs", "src", "tests", "samples", "benchmarks");

    [Fact]
    public void The_rules_find_the_sources()
    {
        Assert.Contains(_sources, file => file.Path == "src/LlmCascade/Escalation/Cascade.cs");
        Assert.Contains(_sources, file => file.Path == "tests/LlmCascade.Tests/Architecture/SourceFileTests.cs");
        Assert.DoesNotContain(_sources, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_has_more_than_400_lines() => Violations.NoneIn(FindTooLong(_sources));

    [Fact]
    public void A_file_that_is_too_long_is_reported() => Assert.Equal(
        ["long.cs has 401 lines"],
        FindTooLong([new("fits.cs", Text(Ceiling)), new("long.cs", Text(Ceiling + 1))]));

    [Fact]
    public void No_type_file_or_folder_has_a_name_that_says_nothing() => Violations.NoneIn(FindEmptyNames(_sources));

    [Theory]
    [InlineData("src/StringUtils.cs", "", "StringUtils")]
    [InlineData("src/Helpers/Text.cs", "", "Helpers")]
    [InlineData("src/LlmCascade.Common/Text.cs", "", "LlmCascade.Common")]
    [InlineData("src/Text.cs", "internal sealed class TierManager;", "TierManager")]
    [InlineData("src/Text.cs", "public readonly record struct MiscText(int Length);", "MiscText")]
    [InlineData("src/Text.cs", "internal interface IHelper<T>", "IHelper")]
    [InlineData("src/Text.cs", "public delegate ValueTask<int> TextUtil(string text);", "TextUtil")]
    [InlineData("src/Text.cs", "internal delegate Dictionary<int, List<int>> TextUtil<T>();", "TextUtil")]
    public void A_name_that_says_nothing_is_reported(string path, string text, string name) =>
        Assert.Equal([$"{path}: the name {name} says nothing"], FindEmptyNames([new(path, text)]));

    [Theory]
    [InlineData("src/Uncommon.cs", "internal enum Utility;")]
    [InlineData("src/Text.cs", "internal class Miscalibrated;")]
    public void A_longer_word_that_contains_a_banned_one_is_none(string path, string text) =>
        Assert.Empty(FindEmptyNames([new(path, text)]));

    private static List<string> FindTooLong(List<TextFile> files) =>
    [
        .. files
            .Where(file => file.Lines.Length > Ceiling)
            .Select(file => $"{file.Path} has {file.Lines.Length} lines"),
    ];

    private static List<string> FindEmptyNames(List<TextFile> files) =>
    [
        .. from file in files
           let pathNames = file.Path.Split('/').Select(part => part.EndsWith(".cs", StringComparison.Ordinal) ? part[..^3] : part)
           let typeNames = TypeName.Matches(file.Text).Select(match => match.Groups["name"].Value)
           from name in pathNames.Concat(typeNames)
           where Word.Matches(name).Any(word => _bannedWords.Contains(word.Value))
           select $"{file.Path}: the name {name} says nothing",
    ];

    private static string Text(int lines) => string.Concat(Enumerable.Repeat("\n", lines - 1)) + "// The last line.\n";

    // A declaration begins its line; what merely mentions one, such as a string, does not.
    [GeneratedRegex(
        @"^\s*([a-z]+\s+)*?((class|struct|interface|enum|record(\s+class|\s+struct)?)\s+(?<name>\w+)|delegate\s.+?\s(?<name>\w+)(<[\w, ]+>)?\()",
        RegexOptions.Multiline)]
    private static partial Regex TypeName { get; }

    // The words of a name in Pascal case; the I of an interface is a word of its own.
    [GeneratedRegex("[A-Z](?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex Word { get; }
}
