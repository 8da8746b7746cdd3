namespace LlmCascade.Tests.Chaos;

/// <summary>What models do to a cascade, and what it survives. Each has several variants.</summary>
internal enum Behaviour
{
    /// <summary>A whole answer at once.</summary>
    Answers,

    /// <summary>A whole answer with pauses before and between its chunks.</summary>
    AnswersSlowly,

    /// <summary>An answer of up to a million characters.</summary>
    AnswersHugely,

    /// <summary>A whole answer between updates that no provider should send; see <see cref="Garbage"/>.</summary>
    AnswersInGarbage,

    /// <summary>No message, no contents, white space, reasoning, or usage, and nothing else.</summary>
    AnswersNothing,

    /// <summary>Null where the answer, its stream, one of its updates, messages or contents should be.</summary>
    ReturnsNull,

    /// <summary>Error content, alone or amid an answer.</summary>
    SaysItFailed,

    /// <summary>An exception before there is a task or an enumerator.</summary>
    ThrowsAtOnce,

    /// <summary>An exception in place of the first update.</summary>
    ThrowsAsynchronously,

    /// <summary>An exception after a while.</summary>
    ThrowsAfterAWhile,

    /// <summary>A stream that breaks after updates without text.</summary>
    BreaksBeforeText,

    /// <summary>A stream that breaks amid its text.</summary>
    BreaksAmidText,

    /// <summary>A whole answer, and an exception when its enumerator is disposed.</summary>
    ThrowsOnDisposal,

    /// <summary>Nothing until the call is cancelled, before the text or amid it.</summary>
    Hangs,

    /// <summary>Nothing until the call is cancelled, and then an exception from a callback of the cancellation.</summary>
    ThrowsFromCancellation,

    /// <summary>Nothing for long, whether or not the call is cancelled, and a whole answer then.</summary>
    IgnoresCancellation,

    /// <summary>Nothing for long, whether or not the call is cancelled, and an exception then.</summary>
    IgnoresCancellationAndThrows,

    /// <summary>A thread that is blocked for a while, and a whole answer then.</summary>
    BlocksItsThread,
}
