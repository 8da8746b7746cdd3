using Microsoft.Extensions.Logging;

namespace LlmCascade.Telemetry;

/// <summary>The log messages of the library; none holds a text of a request or an answer.</summary>
/// <remarks>An exception may quote such texts, so it is handed over only where the host wants content.</remarks>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "An observer failed on episode {EpisodeId}: {ErrorType}. The request is not affected.")]
    public static partial void ObserverFailed(ILogger logger, Exception? exception, string episodeId, Type errorType);

    [LoggerMessage(2, LogLevel.Warning, "The tier {Tier} of {Cascade} failed in episode {EpisodeId}: {Reason}, {ErrorType}. The request goes on.")]
    public static partial void TierFailed(
        ILogger logger, Exception? exception, string tier, string cascade, string episodeId, string reason, Type errorType);

    [LoggerMessage(3, LogLevel.Warning, "The tier {Tier} of {Cascade} failed several times in a row and rests for a while.")]
    public static partial void TierRests(ILogger logger, string tier, string cascade);

    [LoggerMessage(4, LogLevel.Information, "The tier {Tier} of {Cascade} answers again and rests no longer.")]
    public static partial void TierIsBack(ILogger logger, string tier, string cascade);

    public static void RestChanged(ILogger logger, bool? isResting, string tier, string cascade)
    {
        if (isResting == true)
        {
            TierRests(logger, tier, cascade);
        }
        else if (isResting == false)
        {
            TierIsBack(logger, tier, cascade);
        }
    }

    [LoggerMessage(5, LogLevel.Warning, "A call of {Attempt} in {Cascade} ignored its cancellation and was left behind in episode {EpisodeId}.")]
    public static partial void CallLeftBehind(ILogger logger, string attempt, string cascade, string episodeId);

    [LoggerMessage(6, LogLevel.Error, "The request of episode {EpisodeId} to {Cascade} failed: {ErrorType}.")]
    public static partial void RequestFailed(ILogger logger, Exception? exception, string episodeId, string cascade, Type errorType);

    [LoggerMessage(7, LogLevel.Debug, "The request of episode {EpisodeId} to {Cascade} was answered by {AnsweredBy} in {Latency}.")]
    public static partial void RequestAnswered(
        ILogger logger, string episodeId, string cascade, string? answeredBy, TimeSpan latency);

    [LoggerMessage(8, LogLevel.Debug, "{Role} {Attempt} of {Cascade} in episode {EpisodeId}: {Decision}, {Reason}.")]
    public static partial void AttemptJudged(
        ILogger logger, AttemptRole role, string attempt, string cascade, string episodeId, Decision decision, string reason);

    [LoggerMessage(9, LogLevel.Debug, "The request of episode {EpisodeId} to {Cascade} was cancelled.")]
    public static partial void RequestCancelled(ILogger logger, string episodeId, string cascade);

    [LoggerMessage(10, LogLevel.Debug, "The tiers beside episode {EpisodeId} of {Cascade} ended: {Decision}, {Reason}.")]
    public static partial void ShadowEnded(ILogger logger, string episodeId, string cascade, Decision decision, string reason);

    [LoggerMessage(11, LogLevel.Information, "The mode of {Cascade} was switched to {Mode}.")]
    public static partial void ModeSwitched(ILogger logger, string cascade, string mode);

    [LoggerMessage(12, LogLevel.Error, "A reload of the configuration of {Cascade} has a mistake and changes nothing.")]
    public static partial void ReloadFailed(ILogger logger, Exception exception, string cascade);

    [LoggerMessage(13, LogLevel.Error, "{Learner} of {Cascade} failed on the lesson of episode {EpisodeId}: {ErrorType}. The request is not affected.")]
    public static partial void LearnerFailed(
        ILogger logger, Exception? exception, string learner, string cascade, string episodeId, Type errorType);

    [LoggerMessage(14, LogLevel.Warning, "{Cascade} stopped learning before its lessons were learned: {Lost} are lost.")]
    public static partial void LessonsLost(ILogger logger, string cascade, long lost);

    [LoggerMessage(15, LogLevel.Information, "{Cascade} goes on with what it had learned, from {Path}. New since then: [{MissingParts}].")]
    public static partial void LearningLoaded(ILogger logger, string cascade, string path, string missingParts);

    [LoggerMessage(16, LogLevel.Error, "{Cascade} starts without its checkpoint {Path}, because it was rejected.")]
    public static partial void CheckpointRejected(ILogger logger, Exception exception, string cascade, string path);

    [LoggerMessage(17, LogLevel.Error, "{Cascade} could not save what it has learned to {Path}.")]
    public static partial void CheckpointNotSaved(ILogger logger, Exception exception, string cascade, string path);

    [LoggerMessage(18, LogLevel.Warning, "A student of {Cascade} agrees less with the expert than it used to. A budget is spent faster for a while.")]
    public static partial void StudentsDrifted(ILogger logger, string cascade);

    [LoggerMessage(19, LogLevel.Warning, "Strategies could not be looked for in episode {EpisodeId}: {ErrorType}. The tier answers without them.")]
    public static partial void StrategiesFailed(ILogger logger, string episodeId, Type errorType);

    [LoggerMessage(20, LogLevel.Warning, "What was shown in episode {EpisodeId} could not be counted: {ErrorType}. The request is not affected.")]
    public static partial void StrategiesNotCounted(ILogger logger, string episodeId, Type errorType);

    [LoggerMessage(21, LogLevel.Warning, "No strategy could be made from episode {EpisodeId}: {ErrorType}.")]
    public static partial void StrategyNotLearned(ILogger logger, string episodeId, Type errorType);

    [LoggerMessage(22, LogLevel.Warning, "More lessons came than strategies could be made from: {Capacity} wait. Those that find no room are passed over.")]
    public static partial void StrategyLessonsDropped(ILogger logger, int capacity);

    [LoggerMessage(23, LogLevel.Warning, "The expert did not reply with an answer and a note, {Count} times in a row. Notes are asked for in calls of their own from now on.")]
    public static partial void NotesNotInSameCall(ILogger logger, int count);

    [LoggerMessage(24, LogLevel.Warning, "What {Calibrator} has learned is about other members: [{Changed}]. Its probabilities are uncertified until it has learned enough about them.")]
    public static partial void CalibrationOutdated(ILogger logger, string calibrator, string changed);

    [LoggerMessage(25, LogLevel.Warning, "The candidates of tier {Tier} of {Cascade} cost at least as much together as the expert, so that they save nothing, however few answers are deferred.")]
    public static partial void EnsembleCannotSave(ILogger logger, string tier, string cascade);
}
