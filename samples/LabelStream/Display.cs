using System.Globalization;
using LlmCascade;
using LlmCascade.Evaluation;
using LlmCascade.Testing;
using Spectre.Console;

namespace LabelStream;

/// <summary>Shows how a stream goes: rolling figures ten times along it, and a bar where there is a terminal.</summary>
internal sealed class Display : IDisposable
{
    private const int Lines = 10;
    private const int Window = 300;
    private const int BarWidth = 30;
    private const int BetweenBars = 25;

    private readonly RecordedStream _stream;
    private readonly ScriptedChatClient _expert;
    private readonly IAnsiConsole _console = AnsiConsole.Console;
    private readonly List<(bool IsRight, bool IsFromExpert)> _results = [];

    public Display(RecordedStream stream, int calls, ScriptedChatClient expert)
    {
        _stream = stream;
        _expert = expert;
        Write($"{stream.Items.Length:N0} texts, {stream.Labels.Labels.Length} labels, {calls:N0} calls of an expert, which is right {stream.ExpertAccuracy:P1} of the time");
        Write($"of the last {Window}:");
        Write($"{"texts",8} {"right",8} {"by expert",10} {"student right",14}");
    }

    public void Show(Classification result)
    {
        _results.Add((result.Label == _stream.Items[_results.Count].Gold, result.IsFromExpert));
        var (done, items) = (_results.Count, _stream.Items.Length);
        if (done * Lines / items > (done - 1) * Lines / items)
        {
            ClearBar();
            WriteFigures(_results[Math.Max(0, done - Window)..]);
        }

        if (_console.Profile.Out.IsTerminal && done % BetweenBars == 0)
        {
            var rolling = _results.TakeLast(Window).Average(each => each.IsRight ? 1 : 0);
            var filled = done * BarWidth / items;
            _console.Markup($"\r[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {done,8:N0}  {rolling:P1} right");
        }
    }

    public void Dispose()
    {
        ClearBar();
        var right = _results.Count(each => each.IsRight) / (double)Math.Max(1, _results.Count);
        Write($"In all {right:P1} right with {_expert.Calls.Count:N0} calls; the expert alone {_stream.ExpertAccuracy:P1} with {_stream.Items.Length:N0}.");
    }

    private void WriteFigures(List<(bool IsRight, bool IsFromExpert)> last)
    {
        var kept = last.Where(each => !each.IsFromExpert).ToList();
        var student = kept.Count == 0 ? "-" : kept.Average(each => each.IsRight ? 1 : 0).ToString("P1", CultureInfo.InvariantCulture);
        Write($"{_results.Count,8:N0} {last.Average(each => each.IsRight ? 1 : 0),8:P1} {1 - (kept.Count / (double)last.Count),10:P1} {student,14}");
    }

    // Through the console of the process: nothing breaks a line that is longer than a window is wide.
    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private void ClearBar()
    {
        if (_console.Profile.Out.IsTerminal)
        {
            Console.Write("\r" + new string(' ', BarWidth + 30) + "\r");
        }
    }
}
