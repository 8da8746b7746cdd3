using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LlmCascade.Telemetry;

/// <summary>What one cascade measures.</summary>
/// <remarks>
/// Tags are names, codes and types, never what a request brings along. The instruments of one meter are shared by its
/// cascades, which the name of the cascade tells apart.
/// </remarks>
internal sealed class Instruments
{
    private static readonly Meter _processWide = new(CascadeTelemetry.MeterName);

    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly InstrumentAdvice<double> _confidences = new()
    {
        HistogramBucketBoundaries = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1],
    };

    private readonly string _cascade;
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _attemptDuration;
    private readonly Histogram<double> _attemptConfidence;
    private readonly Histogram<double> _firstStepDuration;
    private readonly Counter<long> _tokenUsage;
    private readonly Counter<double> _cost;
    private readonly UpDownCounter<long> _abandonedCalls;
    private readonly Counter<long> _skippedShadows;
    private readonly Counter<long> _lessons;
    private readonly UpDownCounter<long> _waitingLessons;

    /// <summary>Initializes the instruments of a cascade.</summary>
    /// <param name="factory">Where the meter comes from; <see langword="null"/> for the one that the whole process shares.</param>
    /// <param name="cascade">The name of the cascade.</param>
    public Instruments(IMeterFactory? factory, string cascade)
    {
        _cascade = cascade;
        var meter = factory?.Create(CascadeTelemetry.MeterName) ?? _processWide;
        _requestDuration = meter.CreateHistogram(
            "llmcascade.request.duration", "s", "How long requests took.", tags: null, _seconds);
        _attemptDuration = meter.CreateHistogram(
            "llmcascade.attempt.duration", "s", "How long attempts took, those inside them included.", tags: null, _seconds);
        _attemptConfidence = meter.CreateHistogram(
            "llmcascade.attempt.confidence", "1", "The confidences that decisions rested on.", tags: null, _confidences);
        _firstStepDuration = meter.CreateHistogram(
            "llmcascade.first_step.duration", "s", "How long tasks that are worked out step by step took until their first step was accepted.", tags: null, _seconds);
        _tokenUsage = meter.CreateCounter<long>(
            "llmcascade.token.usage", "{token}", "The tokens that attempts used themselves, as far as they are known.");
        _cost = meter.CreateCounter<double>(
            "llmcascade.cost", "{currency}", "What attempts cost themselves, as far as it is known, in the currency of the prices.");
        _abandonedCalls = meter.CreateUpDownCounter<long>(
            "llmcascade.calls.abandoned", "{call}", "The calls that ignored their cancellation and are still running.");
        _skippedShadows = meter.CreateCounter<long>(
            "llmcascade.shadows.skipped", "{request}", "The requests that had no tiers running beside them because too many had.");
        _lessons = meter.CreateCounter<long>(
            "llmcascade.lessons", "{lesson}", "The lessons, by where their truth comes from and by what became of them.");
        _waitingLessons = meter.CreateUpDownCounter<long>(
            "llmcascade.lessons.waiting", "{lesson}", "The lessons that wait or are being learned.");
    }

    /// <summary>Records a finished attempt tree, once.</summary>
    /// <param name="root">The root of the tree.</param>
    /// <param name="isShadow">Whether the tree ran beside a request that somebody else answered, and so is no request of its own.</param>
    public void Record(Attempt root, bool isShadow = false)
    {
        if (!isShadow && _requestDuration.Enabled)
        {
            var tags = TagsOf(root, isShadow);
            if (root is { Generation: not null, Answerer: { } answerer })
            {
                tags.Add(Tags.AnsweredBy, answerer.Name);
            }

            _requestDuration.Record(root.Latency.TotalSeconds, tags);
        }

        if (!isShadow && root.Generation?.Trajectory?.TimeToFirstStep is { } first)
        {
            _firstStepDuration.Record(first.TotalSeconds, TagsOf(isShadow));
        }

        if (_attemptDuration.Enabled || _attemptConfidence.Enabled || _tokenUsage.Enabled || _cost.Enabled)
        {
            RecordAttempts(root, isShadow);
        }
    }

    /// <summary>Counts a call that was left behind, and that ends some time or other.</summary>
    /// <param name="change">1 when it is left behind, -1 when it has ended.</param>
    public void CountAbandonedCall(int change) => _abandonedCalls.Add(change, new TagList { { Tags.Cascade, _cascade } });

    /// <summary>Counts a request that had no shadow because too many were running.</summary>
    public void CountSkippedShadow() => _skippedShadows.Add(1, new TagList { { Tags.Cascade, _cascade } });

    /// <summary>Counts a lesson.</summary>
    /// <param name="source">Where its truth comes from.</param>
    /// <param name="outcome"><c>learned</c>, <c>failed</c> or <c>dropped</c>.</param>
    public void CountLesson(TruthSource source, string outcome) => _lessons.Add(
        1, new TagList { { Tags.Cascade, _cascade }, { Tags.LessonSource, Tags.Of(source) }, { Tags.LessonOutcome, outcome } });

    /// <summary>Counts a lesson that waits to be learned.</summary>
    /// <param name="change">1 when it begins to wait, -1 when it waits no longer.</param>
    public void CountWaitingLesson(int change) => _waitingLessons.Add(change, new TagList { { Tags.Cascade, _cascade } });

    private void RecordAttempts(Attempt parent, bool isShadow)
    {
        RecordSpending(parent, isShadow);
        foreach (var attempt in parent.Children)
        {
            RecordAttempt(attempt, isShadow);
            RecordAttempts(attempt, isShadow);
        }
    }

    private void RecordAttempt(Attempt attempt, bool isShadow)
    {
        var verdict = attempt.Verdict;
        var tags = TagsOf(attempt, isShadow);
        tags.Add(Tags.AttemptName, attempt.Name);
        tags.Add(Tags.AttemptRole, Tags.Of(attempt.Role));
        tags.Add(Tags.Decision, Tags.Of(verdict.Decision));
        if (verdict.Reason.Length > 0)
        {
            tags.Add(Tags.Reason, verdict.Reason);
        }

        _attemptDuration.Record(attempt.Latency.TotalSeconds, tags);
        if (verdict.Confidence is { HasValue: true } confidence)
        {
            tags = TagsOf(isShadow);
            tags.Add(Tags.AttemptName, attempt.Name);
            tags.Add(Tags.Decision, Tags.Of(verdict.Decision));
            _attemptConfidence.Record(confidence.Value, tags);
        }
    }

    private void RecordSpending(Attempt attempt, bool isShadow)
    {
        var tags = TagsOf(isShadow);
        tags.Add(Tags.AttemptName, attempt.Name);
        tags.Add(Tags.AttemptRole, Tags.Of(attempt.Role));
        if (attempt.Cost is { } cost)
        {
            _cost.Add((double)cost, tags);
        }

        tags.Add(Tags.UsageState, Tags.Of(attempt.UsageState));
        AddTokens(attempt.Usage?.InputTokenCount, "input", tags);
        AddTokens(attempt.Usage?.OutputTokenCount, "output", tags);
    }

    private void AddTokens(long? count, string type, TagList tags)
    {
        if (count is { } tokens)
        {
            tags.Add(Tags.TokenType, type);
            _tokenUsage.Add(tokens, tags);
        }
    }

    private TagList TagsOf(Attempt attempt, bool isShadow)
    {
        var tags = TagsOf(isShadow);
        if (attempt.Failure is { } failure)
        {
            tags.Add(Tags.ErrorType, Tags.Of(failure));
        }

        return tags;
    }

    private TagList TagsOf(bool isShadow)
    {
        var tags = new TagList { { Tags.Cascade, _cascade } };
        if (isShadow)
        {
            tags.Add(Tags.IsShadow, true);
        }

        return tags;
    }
}
