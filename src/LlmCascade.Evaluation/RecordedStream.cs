using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>A stream of texts with their right labels and the recorded answers of an expert.</summary>
/// <remarks>Immutable and thread-safe. An expert's label that is none of the stream's labels counts as unparsed.</remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of items is what it is, and everybody calls it so.")]
public sealed class RecordedStream
{
    /// <summary>Initializes a stream from memory.</summary>
    /// <param name="items">The items in the order of the stream, at least one.</param>
    /// <param name="labels">The labels; by default the distinct gold labels, sorted by their characters.</param>
    /// <exception cref="ArgumentException">There is no item, a gold label is none of the labels, or there are fewer than two labels.</exception>
    public RecordedStream(IEnumerable<RecordedItem> items, LabelSpace? labels = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ImmutableArray<RecordedItem> given = [.. items];
        if (given.IsEmpty)
        {
            throw new ArgumentException("A stream has at least one item.", nameof(items));
        }

        Labels = labels ?? new LabelSpace(given.Select(item => item.Gold).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        if (given.FirstOrDefault(item => Labels.IndexOf(item.Gold) < 0) is { } odd)
        {
            throw new ArgumentException($"The gold label '{odd.Gold}' is none of the labels {Labels}.", nameof(items));
        }

        Items = [.. given.Select(item => item.Expert is { } label && Labels.IndexOf(label) < 0 ? item with { Expert = null } : item)];
        ExpertAccuracy = (double)Items.Count(item => item.Expert == item.Gold) / Items.Length;
    }

    /// <summary>Gets the items in the order of the stream.</summary>
    public ImmutableArray<RecordedItem> Items { get; }

    /// <summary>Gets the labels.</summary>
    public LabelSpace Labels { get; }

    /// <summary>Gets the share of all items that the expert labels right. An unparsed answer is a wrong one.</summary>
    public double ExpertAccuracy { get; }

    /// <summary>Reads a stream from a file of tab-separated values.</summary>
    /// <param name="path">The file: UTF-8, one header line, no quoting, no tab or line break inside a text. A name that ends with <c>.gz</c> is unpacked.</param>
    /// <param name="text">The name of the column with the texts.</param>
    /// <param name="gold">The name of the column with the right labels; no cell is empty.</param>
    /// <param name="expert">The name of the column with the expert's labels; an empty cell is an answer that could not be parsed.</param>
    /// <param name="labels">The labels; by default the distinct gold labels of the file, sorted by their characters.</param>
    /// <param name="order">
    /// A file with one row number a line, unpacked like <paramref name="path"/>: which rows make the stream, in this
    /// order. The first row below the header is 0. By default all rows as they stand.
    /// </param>
    /// <returns>The stream.</returns>
    /// <exception cref="InvalidDataException">The file or the order is not as described; the message names the file, the line and what is wrong.</exception>
    /// <exception cref="ArgumentException">A name is empty, or <paramref name="labels"/> holds fewer than two labels or one twice.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static RecordedStream Load(
        string path, string text, string gold, string expert, IEnumerable<string>? labels = null, string? order = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentException.ThrowIfNullOrEmpty(gold);
        ArgumentException.ThrowIfNullOrEmpty(expert);
        var space = labels is null ? null : new LabelSpace(labels);
        return new RecordedTable(path, text, gold, expert).Read(space, order is null ? null : RowOrder.Read(order));
    }
}
