namespace LlmCascade.Telemetry;

/// <summary>The names and values of attributes, the same on spans and instruments.</summary>
/// <remarks>What begins with <c>gen_ai</c> or <c>error</c> is a name of the OpenTelemetry conventions.</remarks>
internal static class Tags
{
    public const string Cascade = "llmcascade.cascade.name";
    public const string EpisodeId = "llmcascade.episode.id";
    public const string AnsweredBy = "llmcascade.answered_by";
    public const string AttemptName = "llmcascade.attempt.name";
    public const string AttemptRole = "llmcascade.attempt.role";
    public const string Decision = "llmcascade.decision";
    public const string Reason = "llmcascade.reason";
    public const string Confidence = "llmcascade.confidence";
    public const string ConfidenceSource = "llmcascade.confidence.source";
    public const string UsageState = "llmcascade.usage.state";
    public const string IsUsageComplete = "llmcascade.usage.complete";
    public const string Cost = "llmcascade.cost";
    public const string IsCostComplete = "llmcascade.cost.complete";
    public const string IsAbandoned = "llmcascade.abandoned";
    public const string IsShadow = "llmcascade.shadow";
    public const string LessonOutcome = "llmcascade.lesson.outcome";
    public const string LessonSource = "llmcascade.lesson.source";

    public const string ErrorType = "error.type";
    public const string Operation = "gen_ai.operation.name";
    public const string AgentName = "gen_ai.agent.name";
    public const string InputMessages = "gen_ai.input.messages";
    public const string OutputMessages = "gen_ai.output.messages";
    public const string ResponseId = "gen_ai.response.id";
    public const string ResponseModel = "gen_ai.response.model";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string TokenType = "gen_ai.token.type";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CachedInputTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";
    public const string EvaluationName = "gen_ai.evaluation.name";
    public const string EvaluationScore = "gen_ai.evaluation.score.value";
    public const string EvaluationLabel = "gen_ai.evaluation.score.label";
    public const string EvaluationExplanation = "gen_ai.evaluation.explanation";

    public static string Of(AttemptRole role) => role switch
    {
        LlmCascade.AttemptRole.Cascade => "cascade",
        LlmCascade.AttemptRole.Tier => "tier",
        LlmCascade.AttemptRole.Expert => "expert",
        LlmCascade.AttemptRole.Member => "member",
        LlmCascade.AttemptRole.Judge => "judge",
        LlmCascade.AttemptRole.Step => "step",
        _ => "other",
    };

    public static string Of(Decision decision) => decision switch
    {
        LlmCascade.Decision.Keep => "keep",
        LlmCascade.Decision.Defer => "defer",
        LlmCascade.Decision.DeferToExpert => "defer_to_expert",
        LlmCascade.Decision.Abstain => "abstain",
        _ => "no_opinion",
    };

    public static string Of(UsageState state) => state switch
    {
        LlmCascade.UsageState.None => "none",
        LlmCascade.UsageState.Reported => "reported",
        LlmCascade.UsageState.Partial => "partial",
        _ => "unknown",
    };

    public static string Of(ConfidenceSource source) => source switch
    {
        LlmCascade.ConfidenceSource.Measured => "measured",
        LlmCascade.ConfidenceSource.SelfReported => "self_reported",
        LlmCascade.ConfidenceSource.Proxy => "proxy",
        _ => "none",
    };

    public static string Of(TruthSource source) => source switch
    {
        TruthSource.Expert => "expert",
        TruthSource.Audit => "audit",
        TruthSource.Host => "host",
        _ => "other",
    };

    public static string Of(Exception failure) => failure.GetType().FullName!;
}
