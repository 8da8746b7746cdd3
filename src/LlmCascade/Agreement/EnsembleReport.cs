using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Agreement;

/// <summary>How much the members of an ensemble agree with each other, and as how many independent ones they count.</summary>
/// <remarks>
/// Members that make the same mistakes count as one, however many they are. Where the expert answered as well, a member is right that matches it; of
/// m members whose mistakes correlate by ρ on average, <c>m / (1 + (m - 1) ρ)</c> are independent (the design effect of Kish 1965).
/// </remarks>
[Experimental("LLMC005")]
public sealed record EnsembleReport
{
    private const double Matches = 0.5;

    private EnsembleReport(ImmutableArray<string> members)
    {
        Members = members;
        PairwiseAgreement = new AgreementMatrix(Math.Max(1, members.Length));
    }

    /// <summary>Gets the names of the members.</summary>
    public ImmutableArray<string> Members { get; }

    /// <summary>Gets the number of requests that two members at least answered.</summary>
    public int Requests { get; private init; }

    /// <summary>Gets the mean agreement of each two members; nothing where they never answered the same request.</summary>
    public AgreementMatrix PairwiseAgreement { get; private init; }

    /// <summary>Gets the number of requests that the expert answered as well, which tell who was right.</summary>
    /// <value>Without audits those are deferred requests only, on which members agree less than on others.</value>
    public int RequestsWithExpert { get; private init; }

    /// <summary>Gets the share of the expert's answers that each member matched.</summary>
    public ImmutableArray<double> MatchRates { get; private init; } = [];

    /// <summary>Gets as how many independent members they count, from 1 to their number.</summary>
    /// <value><see langword="null"/> where no two members were both right and wrong at times, so that nothing is known.</value>
    public double? EffectiveMembers { get; private init; }

    /// <summary>Makes the report from episodes.</summary>
    /// <param name="episodes">The episodes of one cascade.</param>
    /// <param name="tier">The name of the ensemble's tier.</param>
    /// <param name="match">What says whether a member matches the expert, from an agreement of 0.5 on; <see cref="SimilarityMeasure.Default"/> where it is <see langword="null"/>.</param>
    /// <param name="addenda">What audits have found, as <see cref="CascadeBuilder.OnAddendum"/> told it; <see langword="null"/> where there were none.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    /// <returns>The report. Episodes in which the tier was not asked, or had other members, are passed over.</returns>
    public static async Task<EnsembleReport> CreateAsync(
        IEnumerable<Episode> episodes, string tier, IAgreementMeasure? match = null, IEnumerable<EpisodeAddendum>? addenda = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentException.ThrowIfNullOrWhiteSpace(tier);
        match ??= SimilarityMeasure.Default;
        var audited = (addenda ?? []).Select(addendum => (addendum.Episode.Id, Answer: ExpertIn(addendum.Root))).Where(each => each.Answer is not null)
            .DistinctBy(each => each.Id).ToDictionary(each => each.Id, each => each.Answer!);
        ImmutableArray<string> members = [];
        var (requests, agreements) = (0, new Dictionary<(int, int), (double Sum, int Count)>());
        List<bool[]> rights = [];
        foreach (var episode in episodes)
        {
            var agreement = episode.Root.Children.FirstOrDefault(attempt => attempt.Role == AttemptRole.Tier && attempt.Name == tier)?.Generation?.Agreement;
            if (agreement is not { Score: not null })
            {
                continue;
            }

            members = members.IsEmpty ? [.. agreement.Candidates.Select(candidate => candidate.Name)] : members;
            if (!members.SequenceEqual(agreement.Candidates.Select(candidate => candidate.Name)))
            {
                continue;
            }

            requests++;
            Count(agreement.Matrix, agreements);
            var expert = ExpertIn(episode.Root) ?? (audited.TryGetValue(episode.Id, out var audit) ? audit : null);
            if (expert is not null && agreement.Count == members.Length)
            {
                var (matrix, _) = await Comparison.MeasureAsync(
                    match, episode.Request, [.. agreement.Candidates.Select(candidate => candidate.Answer!), expert], context: null, cancellationToken).ConfigureAwait(false);
                rights.Add([.. members.Select((_, i) => matrix[i, members.Length] >= Matches)]);
            }
        }

        var pairwise = new AgreementMatrix(Math.Max(1, members.Length));
        foreach (var ((first, second), (sum, count)) in agreements)
        {
            pairwise[first, second] = Math.Min(1, sum / count);
        }

        return new EnsembleReport(members)
        {
            Requests = requests,
            PairwiseAgreement = pairwise,
            RequestsWithExpert = rights.Count,
            MatchRates = rights.Count == 0 ? [] : [.. members.Select((_, i) => rights.Average(right => right[i] ? 1.0 : 0))],
            EffectiveMembers = Correlation.MeanOfPairs(rights) is { } mean ? Math.Clamp(members.Length / (1 + ((members.Length - 1) * mean)), 1, members.Length) : null,
        };
    }

    private static Generation? ExpertIn(Attempt root) => root.Children.LastOrDefault(attempt => attempt.Role == AttemptRole.Expert)?.Generation;

    private static void Count(AgreementMatrix matrix, Dictionary<(int, int), (double Sum, int Count)> agreements)
    {
        for (var second = 1; second < matrix.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (matrix[first, second] is { } value)
                {
                    var (sum, count) = agreements.GetValueOrDefault((first, second));
                    agreements[(first, second)] = (sum + value, count + 1);
                }
            }
        }
    }
}
