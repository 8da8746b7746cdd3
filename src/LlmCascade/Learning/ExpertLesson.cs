namespace LlmCascade.Learning;

/// <summary>Finds what an episode teaches by itself: its expert's answer.</summary>
internal static class ExpertLesson
{
    /// <summary>Makes the lesson of an episode.</summary>
    /// <returns>
    /// <see langword="null"/> where nothing may be learned or the cascade's own expert did not answer; one that is
    /// nested deeper teaches its own cascade. The truth is an audit where the expert was asked by a draw about an answer
    /// that would have been kept, with the probability of all such draws.
    /// </returns>
    public static Lesson? Of(Episode episode)
    {
        if (!episode.AllowsLearning)
        {
            return null;
        }

        var source = TruthSource.Expert;
        var propensity = 1.0;
        Generation? truth = null;
        foreach (var attempt in episode.Root.Children)
        {
            if (attempt.Role == AttemptRole.Expert)
            {
                truth = attempt is { Verdict.Decision: Decision.Keep, Generation.IsAbstained: false } ? attempt.Generation : null;
            }
            else if (attempt.Verdict is { IsDeferral: true, Probability: > 0 and < 1 } drawn)
            {
                source = TruthSource.Audit;
                propensity *= drawn.Probability.Value;
            }
        }

        return truth is null ? null : new Lesson(episode, truth, source, propensity);
    }
}
