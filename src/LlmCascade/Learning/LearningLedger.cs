using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Learning;

/// <summary>Counts what becomes of lessons, and tells metrics and log.</summary>
/// <param name="cascade">The name of the cascade.</param>
/// <param name="instruments">What measures the cascade.</param>
/// <param name="logger">Where failures are logged.</param>
/// <param name="enableSensitiveData">Whether the log may hold what exceptions say.</param>
internal sealed class LearningLedger(string cascade, Instruments instruments, ILogger logger, bool enableSensitiveData)
{
    private long _learned;
    private long _failed;
    private long _dropped;
    private int _backlog;

    /// <summary>Gets the number of lessons that all learners have learned.</summary>
    public long Learned => Interlocked.Read(ref _learned);

    /// <summary>Gets the number of lessons that a learner failed on; the other learners have learned them.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Gets the number of lessons that found no room, or were left at shutdown.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Gets the number of lessons that wait or are being learned.</summary>
    public int Backlog => Volatile.Read(ref _backlog);

    /// <summary>Counts a lesson that begins to wait.</summary>
    public void Arrives()
    {
        Interlocked.Increment(ref _backlog);
        instruments.CountWaitingLesson(1);
    }

    /// <summary>Counts a lesson that waits no longer.</summary>
    public void Leaves()
    {
        Interlocked.Decrement(ref _backlog);
        instruments.CountWaitingLesson(-1);
    }

    public void CountLearned(TruthSource source)
    {
        Interlocked.Increment(ref _learned);
        instruments.CountLesson(source, "learned");
    }

    public void CountFailed(TruthSource source)
    {
        Interlocked.Increment(ref _failed);
        instruments.CountLesson(source, "failed");
    }

    public void CountDropped(TruthSource source)
    {
        Interlocked.Increment(ref _dropped);
        instruments.CountLesson(source, "dropped");
    }

    /// <summary>Logs that somebody failed on a lesson.</summary>
    public void LogFailure(string learner, string episodeId, Exception failure) => Log.LearnerFailed(
        logger, enableSensitiveData ? failure : null, learner, cascade, episodeId, failure.GetType());

    /// <summary>Logs how many lessons were left when learning had to stop.</summary>
    public void LogLost(long lessons) => Log.LessonsLost(logger, cascade, lessons);
}
