using LlmCascade.Tool;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class ProgressLineTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose() => _error.Dispose();

    [Fact]
    public void A_log_gets_a_line_every_few_seconds()
    {
        var progress = new ProgressLine(_error, isTerminal: false, _time);

        progress.Report(new(1, 5, 0, 12500));
        _time.Advance(TimeSpan.FromSeconds(5));
        progress.Report(new(1, 5, 3400, 12500));
        progress.Report(new(1, 5, 3500, 12500));
        progress.Clear();

        Assert.Equal("run 1 of 5: 3,400 of 12,500 items\n", _error.ToString());
    }

    [Fact]
    public void A_terminal_gets_one_line_that_changes_and_goes()
    {
        var progress = new ProgressLine(_error, isTerminal: true, _time) { Title = "paper, " };

        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Report(new(1, 5, 12345, 12500));
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Report(new(2, 5, 7, 12500));
        progress.Clear();

        const string Long = "paper, run 1 of 5: 12,345 of 12,500 items";
        const string Brief = "paper, run 2 of 5: 7 of 12,500 items";
        Assert.Equal($"\r{Long}\r{Brief.PadRight(Long.Length)}\r{new string(' ', Long.Length)}\r", _error.ToString());
    }
}
