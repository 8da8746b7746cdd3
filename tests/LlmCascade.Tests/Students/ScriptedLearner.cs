namespace LlmCascade.Tests.Students;

/// <summary>Hands each lesson to a function.</summary>
internal sealed class ScriptedLearner(Action<Lesson> learn) : IOnlineLearner
{
    public ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        learn(lesson);
        return default;
    }
}
