using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Telemetry;
using LlmCascade.Testing;
using LlmCascade.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Learning;

/// <summary>What tests of learning need: a clock, meters, a log, episodes, and a feed that tells them all.</summary>
public abstract class LearningTest : IDisposable
{
    private readonly FakeLogger _log = new();

    private protected Meters Meters { get; } = new();

    private protected FakeTimeProvider Time { get; } = new();

    private protected bool EnableSensitiveData { get; set; }

    private protected Func<Episode, bool>? AcceptForLearning { get; set; }

    private protected LearningLedger Ledger { get; private set; } = null!;

    private protected IReadOnlyList<FakeLogRecord> Logged => _log.Collector.GetSnapshot();

    public void Dispose()
    {
        Meters.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Generation Answer(string text) => new ScriptedReply(text).ToGeneration();

    /// <summary>Asks a cascade whose tier keeps everything, or one without tiers where there is nothing to keep.</summary>
    private protected static async Task<Episode> AskAsync(string? tier, string expert = "Paris", CascadeRequestOptions? options = null) =>
        (await new Cascade(tier is null ? [] : [Tier("small", tier)], Expert(expert)).RunAsync(Question, options)).Episode;

    /// <summary>Makes episodes whose experts say different things, numbered from 0.</summary>
    private protected static async Task<Episode[]> AskManyAsync(int count)
    {
        var episodes = new Episode[count];
        for (var i = 0; i < count; i++)
        {
            episodes[i] = await AskAsync(null, $"{i}");
        }

        return episodes;
    }

    private protected LearningFeed Feed(LearningOptions options, params IOnlineLearner[] learners) => Feed(_log, options, learners);

    private protected LearningFeed Feed(ILogger logger, LearningOptions options, params IOnlineLearner[] learners)
    {
        Ledger = new LearningLedger("geography", new Instruments(Meters.Factory, "geography"), logger, EnableSensitiveData);
        return new LearningFeed(learners, options, Ledger, AcceptForLearning, Time);
    }

    private protected (long Learned, long Failed, long Dropped, int Backlog) Counts() =>
        (Ledger.Learned, Ledger.Failed, Ledger.Dropped, Ledger.Backlog);
}
