namespace LlmCascade.Tests.Chaos;

/// <summary>How a generator of one's own breaks its contract, whatever its model does.</summary>
internal enum Oddity
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It throws before there is a task.</summary>
    ThrowsAtOnce,

    /// <summary>It returns null.</summary>
    ReturnsNull,

    /// <summary>It returns a generation without a response.</summary>
    ReturnsNoResponse,

    /// <summary>One of the updates of its answer is null.</summary>
    ReturnsNullUpdate,

    /// <summary>It goes on speaking, paying and beginning children when everything is over.</summary>
    SpeaksLate,
}
