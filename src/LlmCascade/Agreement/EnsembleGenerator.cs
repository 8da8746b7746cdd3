using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Agreement;

/// <summary>Lets several generators answer the same request, and gives the answer that agrees most with the others.</summary>
/// <remarks>
/// <para>
/// After Soiffer, Kolawole and Smith, "Semantic Agreement Enables Efficient Open-Ended LLM Cascades" (arXiv 2509.21837). The members are asked at once.
/// Those that fail, take too long, refuse, or give an answer that is empty, cut off or invalid drop out with their reason. The confidence
/// of the answer is how much the others agree, or with a calibrator the probability that it matches the expert's. With fewer than two answers there is none.
/// </para>
/// <para>
/// Members that the tier's decision does not depend on any more are cancelled. An answer that a tier before, or a member of one, has given to the same
/// request with the same chat client, model and options is taken from there. Everything is on <see cref="Generation.Agreement"/>. Thread-safe when its members are.
/// </para>
/// </remarks>
[Experimental("LLMC005")]
public sealed class EnsembleGenerator : IGenerator
{
    private readonly Consensus _consensus;

    /// <summary>Initializes an ensemble.</summary>
    /// <param name="members">The members, from 2 to 32, each with a name of its own. Different models make different mistakes.</param>
    /// <param name="options">How their answers become one; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <exception cref="ArgumentException">There are too few members or too many, two have one name, or an option is outside its range.</exception>
    public EnsembleGenerator(IEnumerable<EnsembleMember> members, AgreementOptions? options = null)
        : this(members, options, logger: null)
    {
    }

    internal EnsembleGenerator(IEnumerable<EnsembleMember> members, AgreementOptions? options, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(members);
        Members = [.. members];
        if (FindMistake(Members) is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(members));
        }

        _consensus = new Consensus(AgreementOptions.Checked(options), [.. Members.Select(member => member.Identity)], areNamed: true, logger);
    }

    /// <summary>Gets the members.</summary>
    public ImmutableArray<EnsembleMember> Members { get; }

    /// <summary>Gets the clock of the members' time limits.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No member gave an answer that can be used; the message says why for each.</exception>
    public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var panel = new Panel(request, context, _consensus, TimeProvider);
        foreach (var member in Members)
        {
            panel.Add(member, request, reuses: true);
        }

        return panel.AnswerAsync(cancellationToken);
    }

    private static string? FindMistake(ImmutableArray<EnsembleMember> members) =>
        members.Contains(null!) ? "A member is null."
        : members.Length is < 2 or > AgreementScore.MostCandidates ? $"An ensemble has between 2 and {AgreementScore.MostCandidates} members, and not {members.Length}."
        : members.GroupBy(member => member.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"Two members have the name '{twice.Key}'; case does not count."
        : null;
}
