namespace LlmCascade.Tests.Steps;

/// <summary>Says what it is told to say, and counts how often it was asked.</summary>
internal sealed class ScriptedIntrospector(string id, double? says, bool canClear = true) : IStepIntrospector
{
    private int _calls;

    public string Id => id;

    public bool CanClear => canClear;

    public Func<Generation, double>? Script { get; init; }

    public int Calls => Volatile.Read(ref _calls);

    public ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        return new(new StepCheck(id) { ErrorProbability = Script?.Invoke(step) ?? says, Reason = $"{id}-reason", Explanation = $"{id} says why" });
    }
}
