using System.Collections.Concurrent;

namespace LlmCascade.Tests.Learning;

/// <summary>A learner that keeps its lessons, and does what a test wants before.</summary>
internal sealed class ScriptedLearner(Func<Lesson, CancellationToken, ValueTask>? beforehand = null) : IOnlineLearner
{
    private readonly ConcurrentQueue<Lesson> _lessons = new();
    private int _callers;

    /// <summary>Gets the lessons that were learned, in their order.</summary>
    public IReadOnlyList<Lesson> Lessons => [.. _lessons];

    /// <summary>Gets the truths that were learned, in their order.</summary>
    public IEnumerable<string> Truths => Lessons.Select(lesson => lesson.Truth.Response.Text);

    /// <summary>Gets whether it was given a lesson.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Gets whether there has ever been more than one caller at a time.</summary>
    public bool WasShared { get; private set; }

    public static ScriptedLearner Throws(Exception failure) => new((_, _) => throw failure);

    /// <summary>Makes a learner that learns nothing until the task is completed.</summary>
    public static ScriptedLearner Waits(Task until) => new(async (_, cancellationToken) => await until.WaitAsync(cancellationToken));

    public async ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        IsAsked = true;
        WasShared |= Interlocked.Increment(ref _callers) > 1;
        try
        {
            await (beforehand?.Invoke(lesson, cancellationToken) ?? default);
            _lessons.Enqueue(lesson);
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }
}
