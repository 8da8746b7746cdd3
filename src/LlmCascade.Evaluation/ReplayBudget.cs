using System.Globalization;

namespace LlmCascade.Evaluation;

/// <summary>How many calls of the expert a run may take: a number, or a share of the stream's items.</summary>
public sealed record ReplayBudget
{
    private readonly int _calls;
    private readonly decimal? _share;

    private ReplayBudget(int calls, decimal? share) => (_calls, _share) = (calls, share);

    /// <summary>Makes a budget of a number of calls.</summary>
    /// <param name="calls">The number, at least 1.</param>
    /// <returns>The budget.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="calls"/> is below 1.</exception>
    public static ReplayBudget Calls(int calls)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1);
        return new ReplayBudget(calls, null);
    }

    /// <summary>Makes a budget of a share of the items.</summary>
    /// <param name="share">The share, above 0 and at most 1.</param>
    /// <returns>The budget.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is outside its range.</exception>
    public static ReplayBudget Share(decimal share) => share is > 0 and <= 1
        ? new ReplayBudget(0, share)
        : throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies above 0 and is at most 1.");

    /// <summary>Reads a budget as it is written: an integer is a number of calls, a number with a decimal point is a share.</summary>
    /// <param name="text">The text, such as <c>1300</c> or <c>0.25</c>.</param>
    /// <returns>The budget.</returns>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static ReplayBudget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var calls) && calls >= 1)
        {
            return Calls(calls);
        }

        return text.Contains('.', StringComparison.Ordinal)
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is > 0 and <= 1
                ? Share(share)
                : throw new FormatException($"The budget '{text}' is neither a number of calls, such as 1300, nor a share of the items, such as 0.25.");
    }

    /// <summary>Computes the number of calls for a stream.</summary>
    /// <param name="items">The number of the stream's items.</param>
    /// <returns>The number of calls; a share is rounded down.</returns>
    public int For(int items) => _share is { } share ? (int)(share * items) : _calls;

    /// <inheritdoc/>
    public override string ToString() => _share is { } share
        ? share.ToString(CultureInfo.InvariantCulture)
        : _calls.ToString(CultureInfo.InvariantCulture);
}
