using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Builds the cascades that a script describes, out of models and policies that report to its run.</summary>
internal sealed class ScriptBuilder(ChaosRun run)
{
    public Cascade Build(CascadeScript script) => Build(script, name: null, isLimited: false);

    private Cascade Build(CascadeScript script, string? name, bool isLimited)
    {
        isLimited |= script.Timeout is not null;

        // Tiers that run beside the expert do so outside of the limits around the cascade.
        var areTiersLimited = script.Mode == CascadeMode.Shadow ? script.Timeout is not null : isLimited;
        var cascade = new Cascade(
            script.Tiers.Select(tier => new Tier(tier.Name, Generator(tier, areTiersLimited), Policy(tier, areTiersLimited)!)
            {
                Timeout = tier.Timeout,
                Prices = tier.Prices,
                OwnsConversations = tier.OwnsConversations,
            }),
            new Expert(Generator(script.Expert, isLimited), script.Expert.Name)
            {
                Policy = Policy(script.Expert, isLimited),
                Timeout = script.Expert.Timeout,
                Prices = script.Expert.Prices,
            },
            new CascadeSettings
            {
                TimeProvider = run.Clock,
                Timeout = script.Timeout,
                GraceTime = script.GraceTime,
                RestAfterFailures = script.RestAfterFailures,
                RestTime = script.RestTime,
                Name = ChaosException.Mark,
                Mode = script.Mode,
                ShadowLimit = script.ShadowLimit,
                EnableSensitiveData = script.ShowsContent,
                Logger = new ChaosLogger(),
                OnEpisode = episode => run.Publish(name, episode),
                OnAddendum = addendum => run.Publish(name, addendum),
            });
        run.Played(name, cascade);
        return cascade;
    }

    private IGenerator Generator(PlaceScript place, bool isLimited)
    {
        isLimited |= place.Timeout is not null;
        IGenerator generator = place.Actor switch
        {
            CascadeScript inner when place.IsBehindClient => new ChatClientGenerator(new CascadeChatClient(Build(inner, place.Name, isLimited))),
            CascadeScript inner => Build(inner, place.Name, isLimited),
            TurnsScript turns => Generator(place, new ChaosClient(place.Name, Limit(turns, isLimited), run)),
            _ => throw new InvalidOperationException($"{place.Actor}"),
        };
        return place.Oddity == Oddity.None ? generator : new OddGenerator(generator, place.Oddity, run);
    }

    private static ChatClientGenerator Generator(PlaceScript place, ChaosClient client) => place.Judge == Judgement.GivesUp
        ? new ChatClientGenerator(client.AsBuilder().UseTokenLogProbabilities(TokenReader.Read).Build()) { TokenConfidence = TokenConfidence.Mean }
        : new ChatClientGenerator(client);

    // Who may wait for ever needs somebody who stops it.
    private static TurnsScript Limit(TurnsScript turns, bool isLimited) =>
        new([.. turns.Models.Select(model => model with { IsLimited = isLimited })]);

    private ChaosPolicy? Policy(PlaceScript place, bool isLimited)
    {
        isLimited |= place.Timeout is not null;
        return place.Judge is null ? null : new ChaosPolicy(
            place, isLimited, place.AskedModel is { } asked ? Generator(asked, isLimited) : null, run);
    }
}
