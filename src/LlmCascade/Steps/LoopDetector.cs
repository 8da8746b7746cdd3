using System.Text.RegularExpressions;

namespace LlmCascade.Steps;

/// <summary>Notices that steps go in circles: one comes twice in a row, or a third time.</summary>
internal sealed partial class LoopDetector
{
    private readonly Dictionary<string, int> _seen = [];
    private string? _last;

    public bool HasLoop { get; private set; }

    public void Add(string step)
    {
        // That a repeated step has the next number does not make it another one.
        var key = Blanks.Replace(Number.Replace(step, ""), " ").Trim().ToUpperInvariant();
        if (key.Length == 0)
        {
            return;
        }

        var count = _seen[key] = _seen.GetValueOrDefault(key) + 1;
        HasLoop = key == _last || count > 2;
        _last = key;
    }

    [GeneratedRegex(@"\A\s*[*_#]{0,6}\s?(?:step\s{0,2}[0-9]{1,3}[*_]{0,3}\s?[:.)]|\(?[0-9]{1,3}[.)])[*_]{0,3}\s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number { get; }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks { get; }
}
