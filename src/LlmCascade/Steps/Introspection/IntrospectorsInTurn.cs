using System.Collections.Immutable;

namespace LlmCascade.Steps.Introspection;

/// <summary>Several introspectors that are asked in their order.</summary>
internal sealed class IntrospectorsInTurn
{
    private IntrospectorsInTurn(ImmutableArray<IStepIntrospector> all)
    {
        All = all;
        Ids = [.. all.Select(each => each.Id)];
    }

    public ImmutableArray<IStepIntrospector> All { get; }

    public ImmutableArray<string> Ids { get; }

    /// <summary>Gets whether one of them can find a step to be right.</summary>
    public bool CanClear => All.Any(each => each.CanClear);

    /// <summary>Checks what a host gave.</summary>
    /// <exception cref="ArgumentException">There is none, or one is missing.</exception>
    public static IntrospectorsInTurn Of(IReadOnlyList<IStepIntrospector> introspectors)
    {
        ArgumentNullException.ThrowIfNull(introspectors);
        ImmutableArray<IStepIntrospector> all = [.. introspectors];
        return all.IsEmpty ? throw new ArgumentException("There is no introspector to ask.", nameof(introspectors))
            : all.Contains(null!) ? throw new ArgumentException("One of the introspectors is null.", nameof(introspectors))
            : new IntrospectorsInTurn(all);
    }

    /// <summary>Asks them until one is certain that the step is wrong.</summary>
    /// <param name="request">What the step was asked with.</param>
    /// <param name="step">The step.</param>
    /// <param name="context">The attempt that wrote the step.</param>
    /// <param name="mayDecide">Whose certainty counts.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    /// <returns>What those said that were asked, and what the last one said where it was certain.</returns>
    public async ValueTask<(ImmutableArray<StepCheck> Parts, StepCheck? Certain)> AskAsync(
        GenerationRequest request, Generation step, AttemptContext? context, Func<IStepIntrospector, bool> mayDecide, CancellationToken cancellationToken)
    {
        var parts = ImmutableArray.CreateBuilder<StepCheck>(All.Length);
        foreach (var each in All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = await each.CheckAsync(request, step, context, cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The introspector {each.Id} returned null.");
            parts.Add(part);
            if (part.ErrorProbability == 1 && mayDecide(each))
            {
                return (parts.ToImmutable(), part);
            }
        }

        return (parts.ToImmutable(), null);
    }

    /// <summary>Finds the introspectors that look at the step themselves.</summary>
    public static IEnumerable<IStepIntrospector> LeavesOf(IStepIntrospector introspector) => introspector switch
    {
        FirstCertainIntrospector composed => composed.Parts.SelectMany(LeavesOf),
        CalibratedIntrospector calibrated => calibrated.Parts.SelectMany(LeavesOf),
        _ => [introspector],
    };

    /// <summary>Finds what is most suspicious, the first of several; <see langword="null"/> where nobody can tell.</summary>
    public static StepCheck? MostSuspicious(ImmutableArray<StepCheck> parts) => parts.MaxBy(part => part.ErrorProbability) is { ErrorProbability: not null } most ? most : null;
}
