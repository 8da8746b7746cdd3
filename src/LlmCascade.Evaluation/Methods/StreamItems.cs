namespace LlmCascade.Evaluation.Methods;

/// <summary>Goes over a stream.</summary>
internal static class StreamItems
{
    private const int BetweenReports = 64;

    /// <summary>Gives out the items in their order, tells how far it is, and stops when asked to.</summary>
    public static IEnumerable<StreamItem> InTurn(this IReadOnlyList<StreamItem> items, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        for (var i = 0; i < items.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i % BetweenReports == 0)
            {
                progress?.Report(i);
            }

            yield return items[i];
        }
    }
}
