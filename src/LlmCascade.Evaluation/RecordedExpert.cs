using System.Collections.Immutable;

namespace LlmCascade.Evaluation;

/// <summary>The expert of a replay: it hands out what was recorded, and counts every look.</summary>
/// <remarks>One for each run, used by one caller at a time. Its budget is a ceiling that no method gets past.</remarks>
internal sealed class RecordedExpert
{
    private readonly RecordedStream _stream;
    private readonly RecordedStream? _training;
    private readonly bool[] _wasCalled;

    public RecordedExpert(RecordedStream stream, int budget, RecordedStream? training = null)
    {
        _stream = stream;
        _training = training;
        _wasCalled = new bool[stream.Items.Length];
        Budget = budget;
        TrainingItems = training is null ? [] : [.. training.Items.Select((item, index) => new StreamItem(index, item.Text))];
    }

    /// <summary>Gets the labels that the expert chooses from.</summary>
    public LabelSpace Labels => _stream.Labels;

    /// <summary>Gets how many looks may be taken.</summary>
    public int Budget { get; }

    /// <summary>Gets how many looks were taken; a second look at an item is a second call.</summary>
    public int Calls { get; private set; }

    /// <summary>Gets how many looks are left.</summary>
    public int Remaining => Budget - Calls;

    /// <summary>Gets the items to train on before the stream begins, in their order; empty where there are none.</summary>
    public ImmutableArray<StreamItem> TrainingItems { get; }

    /// <summary>Calls the expert about an item of the stream.</summary>
    /// <returns>Its label; <see langword="null"/> where its answer could not be parsed.</returns>
    /// <exception cref="InvalidOperationException">The budget is spent.</exception>
    public string? Look(StreamItem item)
    {
        var label = Look(_stream, item);
        _wasCalled[item.Index] = true;
        return label;
    }

    /// <summary>Calls the expert about one of <see cref="TrainingItems"/>; otherwise like <see cref="Look(StreamItem)"/>.</summary>
    public string? LookAtTraining(StreamItem item) => Look(_training!, item);

    /// <summary>Reads the label of an item for what is measured after the run; it is no call, and nothing may be decided or learned by it.</summary>
    public string? LabelForReport(StreamItem item) => _stream.Items[item.Index].Expert;

    /// <summary>Tells whether an item of the stream was paid for.</summary>
    public bool WasCalledAbout(StreamItem item) => _wasCalled[item.Index];

    private string? Look(RecordedStream stream, StreamItem item)
    {
        if (Remaining == 0)
        {
            throw new InvalidOperationException($"The budget of {Budget} calls is spent.");
        }

        Calls++;
        return stream.Items[item.Index].Expert;
    }
}
