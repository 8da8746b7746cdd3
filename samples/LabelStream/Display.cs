using System.Globalization;
using LlmCascade;
using LlmCascade.Evaluation;
using LlmCascade.Testing;
using Spectre.Console;

namespace LabelStream;

/// <summary>Shows how a stream goes: a line for each tenth of it, and a bar where there is a terminal.</summary>
internal sealed class Display : IDisposable
{
    private const int Lines = 10;
    private const int BarWidth = 30;

    private readonly RecordedStream _stream;
    private readonly ScriptedChatClient _expert;
    private readonly List<(bool IsRight, bool IsFromExpert, bool IsStudentRight)> _results = [];
    private readonly bool _hasBar = !Console.IsOutputRedirected;

    public Display(RecordedStream stream, int calls, ScriptedChatClient expert)
    {
        _stream = stream;
        _expert = expert;
        Write($"{stream.Items.Length:N0} texts, {stream.Labels.Labels.Length} labels, {calls:N0} calls of an expert that is right {stream.ExpertAccuracy:P1} of the time.");
        Write($"{"texts",10} {"right",10} {"by expert",10} {"student, when it answers",26}");
    }

    public void Show(Classification result)
    {
        var isRight = result.Label == _stream.Items[_results.Count].Gold;
        _results.Add((isRight, result.IsFromExpert, isRight && !result.IsFromExpert));
        var items = _stream.Items.Length;
        if (_results.Count * Lines / items > (_results.Count - 1) * Lines / items)
        {
            ClearBar();
            WriteLine(_results[((_results.Count * Lines / items - 1) * items / Lines)..]);
        }

        if (_hasBar && _results.Count % 50 == 0)
        {
            var done = _results.Count * BarWidth / items;
            Console.Write($"\r[{new string('#', done)}{new string('.', BarWidth - done)}] {_results.Count,8:N0}");
        }
    }

    public void Dispose()
    {
        ClearBar();
        var right = _results.Count(result => result.IsRight);
        Write($"In all {right / (double)Math.Max(1, _results.Count):P1} right with {_expert.Calls.Count:N0} calls; the expert alone {_stream.ExpertAccuracy:P1} with {_stream.Items.Length:N0}.");
    }

    private void WriteLine(List<(bool IsRight, bool IsFromExpert, bool IsStudentRight)> tenth)
    {
        var kept = tenth.Count(result => !result.IsFromExpert);
        Write($"{_results.Count,10:N0} {tenth.Count(result => result.IsRight) / (double)tenth.Count,10:P1} {(tenth.Count - kept) / (double)tenth.Count,10:P1} {(kept == 0 ? "" : (tenth.Count(result => result.IsStudentRight) / (double)kept).ToString("P1", CultureInfo.InvariantCulture)),26}");
    }

    private static void Write(FormattableString line) => AnsiConsole.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());

    private void ClearBar()
    {
        if (_hasBar)
        {
            Console.Write("\r" + new string(' ', BarWidth + 12) + "\r");
        }
    }
}
