using System.Globalization;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>How far a replay is: one line that changes on a terminal, otherwise a new line every few seconds.</summary>
internal sealed class ProgressLine(TextWriter error, bool isTerminal, TimeProvider time) : IProgress<ReplayProgress>
{
    private static readonly TimeSpan _terminalPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _logPause = TimeSpan.FromSeconds(5);

    private long _last = time.GetTimestamp();
    private int _width;

    /// <summary>Gets or sets what stands before the numbers.</summary>
    public string Title { get; set; } = "";

    public void Report(ReplayProgress value)
    {
        if (time.GetElapsedTime(_last) < (isTerminal ? _terminalPause : _logPause))
        {
            return;
        }

        _last = time.GetTimestamp();
        var line = string.Create(
            CultureInfo.InvariantCulture, $"{Title}run {value.Run} of {value.Runs}: {value.Items:N0} of {value.ItemsInAll:N0} items");
        if (!isTerminal)
        {
            error.WriteLine(line);
            return;
        }

        error.Write("\r" + line.PadRight(_width));
        _width = Math.Max(_width, line.Length);
    }

    /// <summary>Leaves an empty line behind on a terminal.</summary>
    public void Clear()
    {
        if (_width > 0)
        {
            error.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }
}
