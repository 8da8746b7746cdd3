using System.Globalization;
using LlmCascade.Escalation;

namespace LlmCascade.Testing;

/// <summary>Says what should have happened in an episode.</summary>
/// <remarks>
/// Each method returns the episode, so that they follow one another. What did not happen is an
/// <see cref="ExpectationException"/> that shows the whole attempt tree without any text of the request or an answer;
/// <see cref="Describe"/> shows that too when asked.
/// </remarks>
public static class EpisodeAssertions
{
    /// <summary>Expects that an attempt's answer became the request's answer.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="name">The name of a tier or of the expert. Of a nested cascade, it is the name of the tier that holds it.</param>
    /// <returns>The episode.</returns>
    /// <exception cref="ExpectationException">Another one answered, or nobody.</exception>
    public static Episode ShouldBeAnsweredBy(this Episode episode, string name)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var answerer = episode.Answerer?.Name;
        return episode.Expect(
            answerer == name, $"an answer by '{name}'", answerer is null ? "there was none" : $"'{answerer}' answered");
    }

    /// <summary>Expects that a tier passed the request on, skipped tiers included.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="name">The tier's name, wherever in the tree it stands.</param>
    /// <param name="reason">The reason of its verdict; <see langword="null"/> for any.</param>
    /// <returns>The episode.</returns>
    /// <exception cref="ExpectationException">It was not reached, did not defer, or for another reason.</exception>
    public static Episode ShouldDefer(this Episode episode, string name, string? reason = null)
    {
        var attempts = episode.AttemptsOf(name);
        return episode.Expect(
            attempts.Any(each => each.Verdict.IsDeferral && (reason is null || each.Verdict.Reason == reason)),
            $"'{name}' to defer" + (reason is null ? "" : $" for the reason '{reason}'"),
            attempts is [] ? "it was not reached"
                : string.Join(" and ", attempts.Select(each => $"it said {each.Verdict.Decision}, {each.Verdict.Reason}")));
    }

    /// <summary>Expects that nobody of a name was asked for an answer: it was not reached, or it was skipped.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="name">The name of a tier or of the expert, wherever in the tree it stands.</param>
    /// <returns>The episode.</returns>
    /// <exception cref="ExpectationException">It was asked.</exception>
    public static Episode ShouldNotAsk(this Episode episode, string name) =>
        episode.Expect(!episode.AttemptsOf(name).Any(WasAsked), $"'{name}' not to be asked", "it was");

    /// <summary>Expects a cost of the whole request, and that it is known in full.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="cost">The cost of all attempts together.</param>
    /// <returns>The episode.</returns>
    /// <exception cref="ExpectationException">The cost is another one, or a part of it is unknown.</exception>
    public static Episode ShouldCost(this Episode episode, decimal cost)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var totals = episode.Root.Total();
        return episode.Expect(
            totals.IsCostComplete && totals.Cost == cost,
            string.Create(CultureInfo.InvariantCulture, $"a cost of {cost}"),
            string.Create(CultureInfo.InvariantCulture, $"it was {(totals.IsCostComplete ? "" : "at least ")}{totals.Cost}"));
    }

    /// <summary>Expects the tokens of the whole request, and that they are known in full.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="inputTokens">The input tokens of all attempts together.</param>
    /// <param name="outputTokens">Their output tokens.</param>
    /// <returns>The episode.</returns>
    /// <exception cref="ExpectationException">The usage is another one, or a part of it is unknown.</exception>
    public static Episode ShouldUse(this Episode episode, long inputTokens, long outputTokens)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var totals = episode.Root.Total();
        var (input, output) = (totals.Usage.InputTokenCount ?? 0, totals.Usage.OutputTokenCount ?? 0);
        return episode.Expect(
            totals.IsUsageComplete && (input, output) == (inputTokens, outputTokens),
            string.Create(CultureInfo.InvariantCulture, $"{inputTokens} + {outputTokens} tokens"),
            string.Create(CultureInfo.InvariantCulture, $"{(totals.IsUsageComplete ? "" : "at least ")}{input} + {output} were used"));
    }

    /// <summary>Describes an episode with its whole attempt tree: names, decisions, reasons, tokens and costs.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="withContent">Whether to show the question, the answers and the messages of failures too.</param>
    /// <returns>A text of several lines.</returns>
    public static string Describe(this Episode episode, bool withContent = false)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return AttemptTree.Write(episode, withContent);
    }

    private static Episode Expect(this Episode episode, bool isMet, string expected, string happened) => isMet
        ? episode
        : throw new ExpectationException($"Expected {expected}, and {happened}.\n{episode.Describe()}");

    private static List<Attempt> AttemptsOf(this Episode episode, string name)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        List<Attempt> found = [];
        Collect(episode.Root);
        return found;

        void Collect(Attempt attempt)
        {
            foreach (var child in attempt.Children)
            {
                if (child.Name == name)
                {
                    found.Add(child);
                }

                Collect(child);
            }
        }
    }

    // A policy that fails before the call, or pays for a judge there, leaves traces too.
    private static bool WasAsked(Attempt attempt) =>
        attempt.Generation is not null
        || attempt.UsageState != UsageState.None
        || (attempt.Failure is not null && attempt.Verdict.Reason != EscalationReasons.PolicyFailed)
        || attempt.Children.Any(child => child.Role != AttemptRole.Judge);
}
