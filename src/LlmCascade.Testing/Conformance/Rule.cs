using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LlmCascade.Testing.Conformance;

/// <summary>Reports a broken rule by the name of the method that checks it.</summary>
internal static class Rule
{
    public static void Expect(
        [DoesNotReturnIf(false)] bool isMet,
        string expected,
        string happened,
        Attempt? attempt = null,
        Exception? cause = null,
        [CallerMemberName] string rule = "")
    {
        if (!isMet)
        {
            var tree = attempt is null ? "" : "\n" + AttemptTree.Write(attempt);
            throw new ExpectationException($"{rule}: expected {expected}, and {happened}.{tree}", cause);
        }
    }
}
