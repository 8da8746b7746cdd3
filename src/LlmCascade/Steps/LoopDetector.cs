using LlmCascade.Calibration;

namespace LlmCascade.Steps;

/// <summary>Notices that steps go in circles: one comes twice in a row, or a third time.</summary>
internal sealed class LoopDetector
{
    private readonly Dictionary<string, int> _seen = [];
    private string? _last;

    public bool HasLoop { get; private set; }

    public void Add(string step)
    {
        // That a repeated step has the next number does not make it another one.
        var words = PlainText.Of(step).Split(' ').SkipWhile((word, i) => i < 2 && (word == "step" || word.All(char.IsAsciiDigit)));
        var key = string.Join(' ', words);
        if (key.Length == 0)
        {
            return;
        }

        var count = _seen[key] = _seen.GetValueOrDefault(key) + 1;
        HasLoop = key == _last || count > 2;
        _last = key;
    }
}
