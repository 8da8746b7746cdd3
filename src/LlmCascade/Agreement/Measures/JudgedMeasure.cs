namespace LlmCascade.Agreement.Measures;

/// <summary>What a judge says of two answers, in the direction in which it sees less agreement.</summary>
internal sealed class JudgedMeasure(string id, Func<JudgedPair, CancellationToken, ValueTask<double?>> judge) : IAgreementMeasure
{
    public string Id => id;

    public ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, CancellationToken cancellationToken = default) =>
        MeasureWithinAsync(request, answers, context: null, cancellationToken);

    public ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext context, CancellationToken cancellationToken = default) =>
        MeasureWithinAsync(request, answers, context, cancellationToken);

    private async ValueTask<AgreementMatrix> MeasureWithinAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(answers);
        List<(int First, int Second, Task<double?> Value)> pairs = [];
        for (var second = 1; second < answers.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                pairs.Add((first, second, LowerAsync(new JudgedPair(request, answers[first], answers[second], context), cancellationToken)));
            }
        }

        await Task.WhenAll(pairs.Select(pair => pair.Value)).ConfigureAwait(false);
        var matrix = new AgreementMatrix(answers.Count);
        foreach (var (first, second, value) in pairs)
        {
            matrix[first, second] = await value.ConfigureAwait(false);
        }

        return matrix;
    }

    // A judge that cannot tell is not paid for the other direction. One that says 0 is asked again, since it may not be able to tell then.
    private async Task<double?> LowerAsync(JudgedPair pair, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await AskAsync(pair, cancellationToken).ConfigureAwait(false) is not { } forth)
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var back = await AskAsync(pair with { First = pair.Second, Second = pair.First }, cancellationToken).ConfigureAwait(false);
        return back is { } value ? Math.Min(forth, value) : null;
    }

    private async ValueTask<double?> AskAsync(JudgedPair pair, CancellationToken cancellationToken) =>
        await judge(pair, cancellationToken).ConfigureAwait(false) is var value && value is null or (>= 0 and <= 1)
            ? value
            : throw new InvalidOperationException($"The judge {id} said that two answers agree by {value}, which is not between 0 and 1.");
}
