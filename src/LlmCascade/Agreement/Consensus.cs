using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Agreement;

/// <summary>Makes one answer and one confidence of several answers; thread-safe.</summary>
internal sealed class Consensus
{
    private readonly AgreementOptions _options;
    private readonly bool _areNamed;

    public Consensus(AgreementOptions options, ImmutableArray<string> identities, bool areNamed, ILogger? logger)
    {
        _options = options;
        _areNamed = areNamed;
        options.Calibrator?.Bind($"{options.Measure.Id}; {options.Aggregation}; {AgreementFeatures.Id}", identities, areNamed, logger);
    }

    /// <summary>Gets what says how much two answers agree.</summary>
    public IAgreementMeasure Measure => _options.Measure;

    /// <summary>Gets whether some agreement of those that are there would decide, so that it pays to measure it.</summary>
    public bool MayDecide(int present, int missing, Func<ConfidenceRange, Verdict> foresee)
    {
        // A calibrator looks at everybody.
        return _options.Calibrator is null && (Decides(0) || Decides(1));

        bool Decides(double agreement)
        {
            var matrix = new AgreementMatrix(present);
            for (var second = 1; second < present; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    matrix[first, second] = agreement;
                }
            }

            return foresee(Reachable(matrix, missing)).IsDecisive;
        }
    }

    /// <summary>Finds the confidences that are still possible while some candidates are missing.</summary>
    public ConfidenceRange Reachable(AgreementMatrix agreement, int missing) =>
        AgreementScore.Reachable(agreement, missing, _options.Aggregation, _options.ClusterSimilarity, _options.Measure.IsEquivalence);

    /// <summary>Gives the answer that speaks for the others.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public async ValueTask<Generation> SpeakAsync(
        GenerationRequest request,
        IReadOnlyList<(EnsembleMember Member, Candidate Candidate, Exception? Failure)> heard,
        Func<List<Generation>, CancellationToken, ValueTask<(AgreementMatrix Agreement, AgreementMatrix Similarity)>> measure,
        CancellationToken cancellationToken)
    {
        Candidate[] candidates = [.. heard.Select(each => each.Candidate)];
        if (request.Labels is not null)
        {
            DropUnparsed(candidates);
        }

        int[] places = [.. Enumerable.Range(0, candidates.Length).Where(i => candidates[i].TakesPart)];
        var all = new AgreementMatrix(candidates.Length);
        if (places.Length == 0 && Array.FindIndex(candidates, candidate => candidate is { Answer: not null, Exclusion: not AgreementReasons.Empty }) is >= 0 and var refused)
        {
            // Somebody answered, and not as asked: that is no failure, and nothing to keep.
            return Say(new CandidateAgreement(candidates, all) { Spoken = refused }, Confidence.None);
        }

        if (places.Length == 0)
        {
            var failures = heard.Select(each => each.Failure).OfType<Exception>().ToList();
            throw new InvalidOperationException(
                $"None of the {candidates.Length} candidates gave an answer: {string.Join(", ", candidates.Select(each => each.ToString()))}.",
                failures.Count > 0 ? new AggregateException(failures) : null);
        }

        if (places is [var only])
        {
            return Say(new CandidateAgreement(candidates, all) { Spoken = only }, Confidence.None);
        }

        List<Generation> answers = [.. places.Select(place => candidates[place].Answer!)];
        var (agreement, similarity) = await measure(answers, cancellationToken);
        var score = AgreementScore.Of(agreement, _options.Aggregation, _options.ClusterSimilarity);
        Spread(agreement, all, places);
        var spoken = places[Spokesman.Choose(score.Best, answers, [.. places.Select(place => heard[place].Member)], RecordOf)];
        var centralities = new double[candidates.Length];
        for (var i = 0; i < places.Length; i++)
        {
            centralities[places[i]] = score.Centralities[i];
        }

        var heardOf = new CandidateAgreement(candidates, all) { Score = score.Value, Spoken = spoken, Centralities = centralities };
        if (_options.Calibrator is not { } calibrator)
        {
            return Say(heardOf, Confidence.Measured(score.Value, places.Length));
        }

        var before = new AgreementMatrix(candidates.Length);
        Spread(similarity, before, places);
        var texts = candidates.Select(each => each.TakesPart ? each.Answer.Response.Text : null).ToList();
        var features = AgreementFeatures.Of(request.Query, texts, all, before, spoken, _areNamed);
        return Say(
            heardOf with { Features = features, Calibrator = calibrator },
            calibrator.Predict(features) is { } probability ? Confidence.Measured(probability, places.Length) : Confidence.None);

        double RecordOf(int candidate) => _areNamed && _options.Calibrator is { } learned ? learned.RecordOf(places[candidate]) : 0;
    }

    // Where labels are asked for and somebody names one, what names none cannot be compared.
    private static void DropUnparsed(Candidate[] candidates)
    {
        if (candidates.Any(each => each is { TakesPart: true, Answer.Labels: not null }))
        {
            for (var i = 0; i < candidates.Length; i++)
            {
                candidates[i] = candidates[i] is { TakesPart: true, Answer.Labels: null } unparsed
                    ? unparsed with { Exclusion = AgreementReasons.Unparsed }
                    : candidates[i];
            }
        }
    }

    private static void Spread(AgreementMatrix from, AgreementMatrix to, int[] places)
    {
        for (var second = 1; second < from.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                to[places[first], places[second]] = from[first, second];
            }
        }
    }

    private static Generation Say(CandidateAgreement agreement, Confidence confidence)
    {
        var answer = agreement.Candidates[agreement.Spoken].Answer!;
        return answer with
        {
            Agreement = agreement,
            Confidence = confidence,
            Labels = VotesOf(agreement, answer.Labels) ?? answer.Labels,
            IsAuthoritative = false,
        };
    }

    // The shares of the votes are the label's probabilities, where the spoken label has the most of them.
    private static LabelDistribution? VotesOf(CandidateAgreement agreement, LabelDistribution? spoken)
    {
        if (spoken is null)
        {
            return null;
        }

        var named = agreement.Candidates.Where(each => each.TakesPart).Select(each => each.Answer!.Labels).ToList();
        if (!named.TrueForAll(each => spoken.Space.Equals(each?.Space)))
        {
            return null;
        }

        var distribution = new LabelDistribution(
            spoken.Space, [.. spoken.Space.Labels.Select(label => (double)named.Count(each => each!.Best == label) / named.Count)]);
        return distribution.Best == spoken.Best ? distribution : null;
    }
}
