using System.Globalization;
using LlmCascade.Deferral;

namespace LlmCascade.Tests.Chaos;

/// <summary>A policy that decides as its script says, and records what it has decided.</summary>
internal sealed class ChaosPolicy(PlaceScript place, bool isLimited, IGenerator? askedModel, ChaosRun run) : IDeferralPolicy
{
    private static readonly TimeSpan _while = TimeSpan.FromSeconds(2);

    private readonly IDeferralPolicy _inner = place.Judge switch
    {
        Judgement.KeepsWhenValid => DeferralPolicy.FirstDecisive(ValidityPolicy.Instance, DeferralPolicy.KeepTheRest()),
        Judgement.Explores => new ExplorationPolicy(DeferralPolicy.KeepTheRest(), 0.5),
        Judgement.Defers or Judgement.GivesUp => DeferralPolicy.DeferWhen((_, _) => true),
        Judgement.DefersToExpert => DeferralPolicy.Create((_, _) => Verdict.DeferToExpert("chaos")),
        Judgement.Abstains => DeferralPolicy.Create((_, _) => new Verdict(Decision.Abstain, "chaos")),
        Judgement.IsSilent => DeferralPolicy.Create((_, _) => Verdict.NoOpinion),
        _ => DeferralPolicy.KeepTheRest(),
    };

    public Verdict During(GenerationRequest request, ConfidenceRange reachable)
    {
        run.Moment(NumberOf(request));
        return place.Judge == Judgement.GivesUp ? Verdict.Defer("chaos-hopeless") : Verdict.NoOpinion;
    }

    public async ValueTask<Verdict> BeforeAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
    {
        run.Moment(NumberOf(request));
        switch (place.Judge)
        {
            case Judgement.RefusesEntry:
                return Verdict.Defer("chaos-closed");
            case Judgement.ThrowsAtEntry:
                throw new ChaosException("door");
            case Judgement.AdmitsSlowly:
                await run.PauseAsync(NumberOf(request), _while, cancellationToken);
                break;
        }

        return Verdict.NoOpinion;
    }

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken)
    {
        run.Moment(NumberOf(request));
        return place.Judge == Judgement.ThrowsAtOnce
            ? throw new ChaosException("judge")
            : JudgeAsync(request, generation, context, cancellationToken);
    }

    private async ValueTask<Verdict> JudgeAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken)
    {
        switch (place.Judge)
        {
            case Judgement.KeepsSlowly:
                await run.PauseAsync(NumberOf(request), _while, cancellationToken);
                break;
            case Judgement.ThrowsAfterAWhile:
                await run.PauseAsync(NumberOf(request), _while, cancellationToken);
                throw new ChaosException("judge");
            case Judgement.Hangs:
                await run.PauseAsync(NumberOf(request), isLimited ? null : _while, cancellationToken);
                break;
            case Judgement.IgnoresCancellation:
                await run.StayDeafAsync(NumberOf(request), isLimited ? null : _while);
                break;
            case Judgement.AsksAModel:
                using (var attempt = context.Begin(place.AskedModel!.Name, AttemptRole.Judge, place.AskedModel.Prices))
                {
                    attempt.Answered(await askedModel!.GenerateAsync(request, attempt, cancellationToken));
                }

                break;
        }

        var verdict = await _inner.AfterAsync(request, generation, context, cancellationToken);
        run.Judged(new JudgementRecord(place.Name, NumberOf(request), Transcript.Of(generation.Response), verdict));
        return verdict;
    }

    private static int NumberOf(GenerationRequest request) => int.Parse(request.Query, CultureInfo.InvariantCulture);
}

/// <summary>What a policy has decided in truth.</summary>
internal sealed record JudgementRecord(string Place, int Request, string Text, Verdict Verdict);
