using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace LlmCascade.Telemetry;

/// <summary>The spans of requests and their attempts.</summary>
/// <remarks>
/// Parents are given and never guessed from what happens to be current, because members of one attempt begin side by
/// side. Starting and ending a span leaves the caller's current activity as it was.
/// </remarks>
internal static class Spans
{
    private const string Workflow = "invoke_workflow";
    private const string EvaluationEvent = "gen_ai.evaluation.result";
    private const string Deferral = "llmcascade.deferral";

    private static readonly ActivitySource _source = new(CascadeTelemetry.SourceName);

    /// <summary>Starts the span of a request, below what is current where the request is made.</summary>
    /// <param name="cascade">The name of the cascade.</param>
    /// <param name="messages">What was asked, where the host wants content; otherwise <see langword="null"/>.</param>
    /// <returns>The span; <see langword="null"/> when nobody listens.</returns>
    public static Activity? StartRequest(string cascade, IReadOnlyList<ChatMessage>? messages)
    {
        if (!_source.HasListeners())
        {
            return null;
        }

        var activity = Start(
            $"{Workflow} {cascade}", Activity.Current, [new(Tags.Operation, Workflow), new(Tags.AgentName, cascade)]);
        return activity is { IsAllDataRequested: true } && messages is not null
            ? activity.SetTag(Tags.InputMessages, MessageJson.Of(messages))
            : activity;
    }

    /// <summary>Starts the span of an attempt; none below an attempt that has none.</summary>
    public static Activity? StartAttempt(AttemptRole role, string name, Activity? parent) =>
        parent is null ? null : Start(
            $"{Tags.Of(role)} {name}", parent, [new(Tags.AttemptName, name), new(Tags.AttemptRole, Tags.Of(role))]);

    /// <summary>Starts the span of the tiers that run beside a request; none where the request has none.</summary>
    public static Activity? StartShadow(string cascade, Activity? request) =>
        request is null ? null : Start($"shadow {cascade}", request, [new(Tags.AgentName, cascade), new(Tags.IsShadow, true)]);

    /// <summary>Says of a span what came of its attempt.</summary>
    /// <param name="activity">The span.</param>
    /// <param name="attempt">The attempt; its children do not matter.</param>
    /// <param name="withContent">Whether the host wants content.</param>
    public static void Describe(Activity activity, Attempt attempt, bool withContent)
    {
        DescribeOutcome(activity, attempt, withContent);
        if (attempt.UsageState != UsageState.None)
        {
            activity.SetTag(Tags.UsageState, Tags.Of(attempt.UsageState));
            DescribeSpending(activity, attempt.Usage, attempt.Cost, attempt.IsCostComplete);
        }

        if (attempt.IsAbandoned)
        {
            activity.SetTag(Tags.IsAbandoned, true);
        }

        if (withContent && attempt.Generation is { Response: var response })
        {
            activity.SetTag(Tags.OutputMessages, MessageJson.Of(response.Messages, response.FinishReason));
        }

        if (attempt.Verdict.IsDecisive)
        {
            activity.AddEvent(EvaluationOf(attempt));
        }
    }

    /// <summary>Says of the span of a request what came of it, and what it used and cost in all.</summary>
    public static void DescribeRequest(Activity activity, string episodeId, Attempt root, bool withContent)
    {
        activity.SetTag(Tags.EpisodeId, episodeId);
        activity.SetTag(Tags.AnsweredBy, root.Generation is null ? null : root.Answerer?.Name);
        DescribeOutcome(activity, root, withContent);
        var totals = root.Total();
        activity.SetTag(Tags.IsUsageComplete, totals.IsUsageComplete);
        DescribeSpending(activity, totals.Usage, totals.Cost, totals.IsCostComplete);
    }

    private static Activity? Start(string name, Activity? parent, KeyValuePair<string, object?>[] tags)
    {
        var current = Activity.Current;
        Activity.Current = parent;
        try
        {
            return _source.StartActivity(name, ActivityKind.Internal, parentContext: default, tags);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private static void DescribeOutcome(Activity activity, Attempt attempt, bool withContent)
    {
        var verdict = attempt.Verdict;
        activity.SetTag(Tags.Decision, verdict.IsDecisive ? Tags.Of(verdict.Decision) : null);
        activity.SetTag(Tags.Reason, verdict.Reason.Length > 0 ? verdict.Reason : null);
        if (verdict.Confidence is { HasValue: true } confidence)
        {
            activity.SetTag(Tags.Confidence, confidence.Value);
            activity.SetTag(Tags.ConfidenceSource, Tags.Of(confidence.Source));
        }

        if (attempt.Generation is { Response: var response })
        {
            activity.SetTag(Tags.ResponseId, response.ResponseId);
            activity.SetTag(Tags.ResponseModel, response.ModelId);
            activity.SetTag(Tags.FinishReasons, response.FinishReason is { } reason ? new[] { reason.Value } : null);
        }

        if (attempt.Failure is { } failure)
        {
            activity.SetTag(Tags.ErrorType, Tags.Of(failure));

            // What an exception says may quote the request or the answer.
            activity.SetStatus(ActivityStatusCode.Error, withContent ? failure.Message : null);
            if (withContent)
            {
                activity.AddException(failure);
            }
        }
    }

    private static void DescribeSpending(Activity activity, UsageDetails? usage, decimal? cost, bool isCostComplete)
    {
        activity.SetTag(Tags.InputTokens, usage?.InputTokenCount);
        activity.SetTag(Tags.OutputTokens, usage?.OutputTokenCount);
        activity.SetTag(Tags.CachedInputTokens, usage?.CachedInputTokenCount);
        activity.SetTag(Tags.ReasoningTokens, usage?.ReasoningTokenCount);
        activity.SetTag(Tags.Cost, (double?)cost);
        activity.SetTag(Tags.IsCostComplete, isCostComplete);
    }

    private static ActivityEvent EvaluationOf(Attempt attempt)
    {
        var verdict = attempt.Verdict;
        var tags = new ActivityTagsCollection
        {
            [Tags.EvaluationName] = Deferral,
            [Tags.EvaluationLabel] = Tags.Of(verdict.Decision),
            [Tags.EvaluationExplanation] = verdict.Reason,
        };
        if (verdict.Confidence is { HasValue: true } confidence)
        {
            tags[Tags.EvaluationScore] = confidence.Value;
        }

        if (attempt.Generation?.Response.ResponseId is { } id)
        {
            tags[Tags.ResponseId] = id;
        }

        return new ActivityEvent(EvaluationEvent, tags: tags);
    }
}
