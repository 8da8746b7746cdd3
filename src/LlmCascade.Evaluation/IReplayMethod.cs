namespace LlmCascade.Evaluation;

/// <summary>A way to label a stream with a limited number of calls to its expert.</summary>
internal interface IReplayMethod
{
    /// <summary>Gets the name that tables and reports show.</summary>
    string Name { get; }

    /// <summary>Labels the stream once, item by item, without looking ahead.</summary>
    /// <param name="items">The items in the order in which they come.</param>
    /// <param name="expert">The expert of this run, with its labels and its budget.</param>
    /// <param name="options">What was asked for, validated.</param>
    /// <param name="seed">The seed of every draw of this run; equal seeds give equal runs.</param>
    /// <param name="progress">Told the number of items done so far, as often as the method likes.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>One outcome for each item, in the same order, and what it cost.</returns>
    ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken);
}
