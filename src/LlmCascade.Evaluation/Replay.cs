using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LlmCascade.Calibration;
using LlmCascade.Escalation;
using LlmCascade.Evaluation.Measuring;
using LlmCascade.Evaluation.Methods;

namespace LlmCascade.Evaluation;

/// <summary>Replays recorded streams and reports what came of it.</summary>
public static class Replay
{
    /// <summary>Labels a stream, once for each seed and order, and measures the labels.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="options">What is replayed, and how often.</param>
    /// <param name="progress">Told how far the replay is, often, from the thread that replays.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What was measured: of one run, or the means of several with each run.</returns>
    /// <exception cref="ArgumentException">The options make no sense together or for this stream; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The replay was stopped.</exception>
    public static Task<ReplayReport> RunAsync(
        RecordedStream stream,
        ReplayOptions options,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(stream);
        return RunAsync(stream, options, ReplayMethods.For(options), progress, cancellationToken);
    }

    /// <summary>Tells how much better one replay did than another one, item by item.</summary>
    /// <param name="stream">The stream of both.</param>
    /// <param name="baseline">The one that is compared with.</param>
    /// <param name="report">The other one, with the same number of runs.</param>
    /// <returns>
    /// The differences, with 95 % intervals of a paired bootstrap: items are resampled, and both keep what they made of each.
    /// </returns>
    /// <exception cref="ArgumentException">A report is of another stream, was read from elsewhere, or the numbers of runs differ.</exception>
    public static ReplayComparison Compare(RecordedStream stream, ReplayReport baseline, ReplayReport report)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(report);
        if (!Fits(baseline) || !Fits(report) || baseline.Runs?.Count != report.Runs?.Count)
        {
            throw new ArgumentException("Two reports are compared that come from replays of this stream with equally many runs.", nameof(report));
        }

        return PairedBootstrap.Compare(stream, baseline, report);

        bool Fits(ReplayReport each) => (each.Runs ?? [each]).All(run => run.Labels.Length == stream.Items.Length);
    }

    internal static async Task<ReplayReport> RunAsync(
        RecordedStream stream,
        ReplayOptions options,
        IReplayMethod method,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var budget = options.Validate(stream);
        var runs = Math.Max(options.Shuffles, 1) * options.Seeds;
        var reports = ImmutableArray.CreateBuilder<ReplayReport>(runs);

        // How many runs labelled each item right.
        var right = new int[stream.Items.Length];
        for (var i = 0; i < runs; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int? shuffle = options.Shuffles > 0 ? (i / options.Seeds) + 1 : null;
            var seed = options.Seed + (ulong)(i % options.Seeds);
            var items = Arrange(stream, options.Seed, shuffle);
            var expert = new RecordedExpert(stream, budget, options.Training);
            progress?.Report(new(i + 1, runs, 0, items.Length));
            var run = await method.RunAsync(
                items, expert, options, seed, progress is null ? null : new RunProgress(progress, new(i + 1, runs, 0, items.Length)), cancellationToken);
            progress?.Report(new(i + 1, runs, items.Length, items.Length));

            var measures = new RunMeasures(stream, items, run, expert);
            measures.AddRight(right);
            reports.Add(measures.Report(method.Name, options, seed, shuffle));
        }

        return runs == 1 ? reports[0] : RunMeans.Of(reports.MoveToImmutable(), Bootstrap.Interval(right, runs, options.Seed));
    }

    private static ImmutableArray<StreamItem> Arrange(RecordedStream stream, ulong seed, int? shuffle)
    {
        var items = stream.Items.Select((item, index) => new StreamItem(index, item.Text)).ToArray();
        if (shuffle is { } number)
        {
            var hash = new StableHash(seed);
            hash.Add("shuffle");
            hash.Add(number);
            new SplitMix(hash.Finish()).Shuffle<StreamItem>(items);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private sealed class RunProgress(IProgress<ReplayProgress> progress, ReplayProgress start) : IProgress<int>
    {
        public void Report(int value) => progress.Report(start with { Items = value });
    }
}
