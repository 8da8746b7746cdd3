using LlmCascade.Evaluation;
using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class ResumedReplayTests : IDisposable
{
    private static readonly RecordedStream _stream = CascadeMethodTests.Make(seed: 1);

    private readonly TemporaryFiles _files = new();

    [Theory]
    [InlineData(5)]
    [InlineData(400)]
    [InlineData(1498)]
    public async Task A_run_that_was_stopped_and_taken_up_again_makes_what_it_would_have_made(int items)
    {
        var options = Options(seeds: 1);

        await StopAfterAsync(items, options);
        var resumed = await Replay.RunAsync(_stream, options);

        var whole = await Replay.RunAsync(_stream, options with { ResumeFolder = null });
        Assert.Equal(whole.Accuracy, resumed.Accuracy);
        Assert.Equal(whole.ExpertCalls, resumed.ExpertCalls);
        Assert.Equal(whole.Tiers, resumed.Tiers);
        Assert.Equal(whole.Baselines, resumed.Baselines);
        Assert.Equal(whole.Cost.Inference, resumed.Cost.Inference, 1e-9);
        Assert.Equal(whole.Cost.Training, resumed.Cost.Training, 1e-9);
        Assert.Null(resumed.Regret);
    }

    [Fact]
    public async Task A_finished_run_is_not_made_again_and_another_one_is_never_taken_for_it()
    {
        var options = Options(seeds: 2);
        await StopAfterAsync(3, options with { Seed = 1, Seeds = 1 });
        var first = await Replay.RunAsync(_stream, options);
        Assert.Equal(2, Directory.GetFiles(_files.PathOf("runs")).Length);

        var made = 0;
        var again = await Replay.RunAsync(_stream, options, new Told(progress => made += progress.Items < _stream.Items.Length ? 1 : 0));
        var other = await Replay.RunAsync(_stream, options with { Tiers = [new ReplayTier("lr") { Settings = "other" }, .. options.Tiers.Skip(1)] });

        Assert.Equal(first.Accuracy, again.Accuracy);
        Assert.Equal(2, made);
        Assert.Equal(first.Accuracy, other.Accuracy);
        Assert.Equal(4, Directory.GetFiles(_files.PathOf("runs")).Length);
    }

    [Fact]
    public async Task A_damaged_file_is_told_about_and_left_alone()
    {
        var options = Options(seeds: 1);
        await StopAfterAsync(100, options);
        var file = Assert.Single(Directory.GetFiles(_files.PathOf("runs")));
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await Assert.ThrowsAsync<CheckpointException>(() => Replay.RunAsync(_stream, options));

        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_told_before_the_first_item()
    {
        var file = _files.Write("file", "");
        var items = 0;

        await Assert.ThrowsAsync<CheckpointException>(() => Replay.RunAsync(
            _stream, Options(seeds: 1) with { ResumeFolder = Path.Combine(file, "runs") }, new Told(told => items = told.Items)));

        Assert.Equal(0, items);
    }

    [Fact]
    public async Task A_tier_that_code_configures_needs_its_settings_in_words() => Assert.Contains(
        "settings in words",
        (await Assert.ThrowsAsync<ArgumentException>(() => Replay.RunAsync(
            _stream, Options(seeds: 1) with { Tiers = [new ReplayTier("balanced", student => student.Balance = 0.5)] }))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(ReplayMethod.Cascade, ReplayMode.Paper)]
    [InlineData(ReplayMethod.Ensemble, ReplayMode.Default)]
    public async Task What_cannot_be_resumed_is_refused(ReplayMethod method, ReplayMode mode) =>
        Assert.Contains("resumed", (await Assert.ThrowsAsync<ArgumentException>(() => Replay.RunAsync(
            _stream, new ReplayOptions(ReplayBudget.Calls(10)) { Method = method, Mode = mode, ResumeFolder = _files.PathOf("runs") }))).Message, StringComparison.Ordinal);

    public void Dispose() => _files.Dispose();

    private ReplayOptions Options(int seeds) => new(ReplayBudget.Calls(300))
    {
        Tiers = [ReplayTier.LogisticRegression, new ReplayTier("balanced", student => student.Balance = 0.5) { Settings = "0.5" }],
        Seeds = seeds,
        ResumeFolder = _files.PathOf("runs"),
    };

    private static async Task StopAfterAsync(int items, ReplayOptions options)
    {
        using var stop = new CancellationTokenSource();
        var progress = new Told(told =>
        {
            if (told.Items == items)
            {
                stop.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Replay.RunAsync(_stream, options, progress, stop.Token));
    }

    private sealed class Told(Action<ReplayProgress> act) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => act(value);
    }
}
