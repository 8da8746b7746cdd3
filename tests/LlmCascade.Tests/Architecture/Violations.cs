using Xunit;

namespace LlmCascade.Tests.Architecture;

/// <summary>Fails with every violation in full, where an assertion on the list would cut them short.</summary>
internal static class Violations
{
    public static void NoneIn(IEnumerable<string> violations)
    {
        var all = string.Join('\n', violations);
        Assert.True(all.Length == 0, all);
    }
}
