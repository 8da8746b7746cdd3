using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>What a scripted model does when it is called.</summary>
/// <param name="Behaviour">What it does.</param>
/// <param name="Variant">Which variant of that; any number, taken modulo the number of variants.</param>
internal sealed record ModelScript(Behaviour Behaviour, int Variant = 0)
{
    private static readonly string _page = new('x', 1024);

    public UsageReport Usage { get; init; }

    /// <summary>Gets how many tokens it reports; no two models of a script should report the same.</summary>
    public int Tokens { get; init; } = 1;

    /// <summary>Gets the time that pauses, deafness and blocking take.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets whether something stops the call sooner or later, so that it may wait for that alone.</summary>
    public bool IsLimited { get; init; }

    public bool ReturnsNullAtOnce => Behaviour == Behaviour.ReturnsNull && Variant % 4 == 0;

    public bool ReturnsNullTask => Behaviour == Behaviour.ReturnsNull && Variant % 4 == 1;

    public bool ThrowsOnDisposal => Behaviour == Behaviour.ThrowsOnDisposal;

    public bool ThrowsFromCancellation => Behaviour == Behaviour.ThrowsFromCancellation;

    public Exception Failure => (Variant % 5) switch
    {
        0 => new ChaosException("down"),
        1 => new TaskCanceledException("chaos: HTTP timeout"),
        2 => new OperationCanceledException("chaos: cancelled by somebody else", new CancellationToken(canceled: true)),
        3 => new AggregateException(new ChaosException("one"), new ChaosException("two")),
        _ => new ObjectDisposedException("chaos"),
    };

    /// <summary>Finds what the model does, one step after the other.</summary>
    /// <param name="mark">A text that no other call says.</param>
    public IEnumerable<Step> Perform(string mark) => Behaviour switch
    {
        Behaviour.Answers or Behaviour.ThrowsOnDisposal => Answer(mark),
        Behaviour.AnswersSlowly => Variant % 2 == 0
            ? [new Pause(Time), .. Answer(mark)]
            : Answer(mark).SelectMany(step => new[] { new Pause(Time / 4), step }),
        Behaviour.AnswersHugely => Whole(Enumerable.Repeat(_page, Variant % 32 == 0 ? 1024 : 16).Prepend(mark).Append(mark).Select(Garbage.Text)),
        Behaviour.AnswersInGarbage => Whole(Garbage.Around(mark, Variant)),
        Behaviour.AnswersNothing => Nothing(),
        Behaviour.ReturnsNull => Variant % 4 == 2 ? [new Say(null), .. Answer(mark)] : [Begin(mark), new Say(null)],
        Behaviour.SaysItFailed => Error(mark),
        Behaviour.ThrowsAtOnce => throw Failure,
        Behaviour.ThrowsAsynchronously => [new Break(Failure)],
        Behaviour.ThrowsAfterAWhile => [new Pause(Time), new Break(Failure)],
        Behaviour.BreaksBeforeText => [.. Start(), new Say(new ChatResponseUpdate { ResponseId = mark }), new Break(Failure)],
        Behaviour.BreaksAmidText => [.. Start(), Begin(mark), new Pause(Time), new Break(Failure)],
        Behaviour.Hangs or Behaviour.ThrowsFromCancellation => Waiting(mark, new Pause(IsLimited ? null : Time)),
        Behaviour.IgnoresCancellation => Waiting(mark, new StayDeaf(IsLimited ? null : Time)),
        Behaviour.IgnoresCancellationAndThrows => [.. Waiting(mark, new StayDeaf(IsLimited ? null : Time)), new Break(Failure)],
        Behaviour.BlocksItsThread => Waiting(mark, new Block(Time)),
        _ => throw new InvalidOperationException($"{Behaviour}"),
    };

    public override string ToString() => $"{Behaviour}-{Variant}({Usage} of {Tokens}, {Time})";

    private IEnumerable<Step> Answer(string mark) => Whole([.. Garbage.Chunks(mark)]);

    private IEnumerable<Step> Whole(IEnumerable<ChatResponseUpdate> updates) =>
        [.. Start(), .. updates.Select(update => new Say(update)), .. End()];

    private IEnumerable<Step> Start() => Report(Usage.AtTheStart(Tokens));

    private IEnumerable<Step> End() =>
        [new Say(new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop }), .. Report(Usage.AtTheEnd(Tokens))];

    private static IEnumerable<Step> Report(UsageDetails? usage) =>
        usage is null ? [] : [new Say(new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)]))];

    private static Say Begin(string mark) => new(Garbage.Text(mark + " begins, "));

    // The wait stands before everything, before the text, amid it, or after it.
    private IEnumerable<Step> Waiting(string mark, Step wait) => (Variant % 4) switch
    {
        0 => [wait, .. Answer(mark)],
        1 => [.. Start(), Begin(mark), wait, .. Garbage.Chunks(mark).Select(update => new Say(update)), .. End()],
        2 => [.. Answer(mark), wait],
        _ => [new Say(new ChatResponseUpdate { ResponseId = mark }), wait, .. Answer(mark)],
    };

    private IEnumerable<Step> Nothing() => (Variant % 6) switch
    {
        0 => [],
        1 => Whole([Garbage.Text(" \n"), Garbage.Text("\t")]),
        2 => Whole([new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("Hm, chaos.")])]),
        3 => [.. Start(), .. Report(Usage.AtTheEnd(Tokens))],
        4 => Whole([new ChatResponseUpdate(), new ChatResponseUpdate(ChatRole.Assistant, [])]),
        _ => Whole([Garbage.Text(null)]),
    };

    private IEnumerable<Step> Error(string mark)
    {
        var error = new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent("chaos") { ErrorCode = Variant % 2 == 0 ? "529" : null }]);
        return (Variant % 3) switch
        {
            0 => Whole([error]),
            1 => Whole([Garbage.Text(mark + " begins, "), error]),
            _ => Whole([Garbage.Text(mark + " begins, "), error, Garbage.Text("and ends.")]),
        };
    }
}
