using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Learning;

/// <summary>How a cascade brings lessons to its learners.</summary>
[Experimental("LLMC001")]
public sealed class LearningOptions
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(24);

    /// <summary>Gets or sets whether requests go on while their lessons are learned.</summary>
    /// <value>
    /// <see langword="false"/> by default: a request is over once its lesson has been learned, so that with one request
    /// at a time every run learns the same. <see langword="true"/> delays no request; a lesson that finds no room is
    /// dropped and counted. Students behind the first one learn when no lesson waits, and once somebody can answer, so
    /// that a slow one holds the first one up by one lesson at most.
    /// </value>
    public bool Background { get; set; }

    /// <summary>Gets or sets how many lessons may wait in the background.</summary>
    /// <value>At least 1; 1,000 by default. Without <see cref="Background"/> nothing is dropped.</value>
    public int Capacity { get; set; } = 1000;

    /// <summary>Gets or sets how long learning goes on at shutdown for the lessons that are waiting.</summary>
    /// <value>From zero to 24 days; 5 seconds by default. Lessons that are left then are lost, and logged as a number.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how many episodes are remembered for feedback; the oldest are forgotten first.</summary>
    /// <value>
    /// At least 0, where no feedback is possible; 10,000 by default. They are held in memory with their messages and
    /// answers, so long conversations call for less.
    /// </value>
    public int FeedbackCapacity { get; set; } = 10_000;

    /// <summary>Gets or sets how long an episode waits for feedback.</summary>
    /// <value>Above zero and at most 24 days; one hour by default.</value>
    public TimeSpan FeedbackExpiry { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Says what is wrong with the values, each mistake with the name of its option.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (Capacity < 1)
        {
            yield return $"Capacity: {Capacity} is below 1.";
        }

        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > _longest)
        {
            yield return $"DrainTimeout: {DrainTimeout} is outside the range from zero to 24 days.";
        }

        if (FeedbackCapacity < 0)
        {
            yield return $"FeedbackCapacity: {FeedbackCapacity} is below 0, which means no feedback.";
        }

        if (FeedbackExpiry <= TimeSpan.Zero || FeedbackExpiry > _longest)
        {
            yield return $"FeedbackExpiry: {FeedbackExpiry} is not above zero and at most 24 days.";
        }
    }
}
