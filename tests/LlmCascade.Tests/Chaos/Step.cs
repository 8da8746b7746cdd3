using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>One thing that a scripted model does next.</summary>
internal abstract record Step;

/// <summary>Sends an update. <see langword="null"/> is sent as it is.</summary>
internal sealed record Say(ChatResponseUpdate? Update) : Step;

/// <summary>Waits on the clock, unless it is cancelled.</summary>
/// <param name="Time">How long; <see langword="null"/> for a wait that only a cancellation ends.</param>
internal sealed record Pause(TimeSpan? Time) : Step;

/// <summary>Waits whether or not it is cancelled: some time, or until nobody waits for an answer any more.</summary>
/// <param name="Time">How long; <see langword="null"/> for a wait that only the end of all requests ends.</param>
internal sealed record StayDeaf(TimeSpan? Time) : Step;

/// <summary>Blocks the thread until the clock has moved on.</summary>
internal sealed record Block(TimeSpan Time) : Step;

/// <summary>Throws.</summary>
internal sealed record Break(Exception Failure) : Step;
