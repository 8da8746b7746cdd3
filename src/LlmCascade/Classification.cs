using LlmCascade.Escalation;

namespace LlmCascade;

/// <summary>What a cascade says about one text; immutable.</summary>
/// <param name="Label">
/// The label; <see langword="null"/> when the reply names none, several, or denies one. It is never guessed:
/// <paramref name="Reply"/> holds what was said.
/// </param>
/// <param name="Reply">The reply as it came, of a student the label itself.</param>
/// <param name="AnsweredBy">The name of the tier or of the expert whose answer it is; empty where nobody answered.</param>
/// <param name="IsFromExpert">Whether the expert answered.</param>
public sealed record Classification(string? Label, string Reply, string AnsweredBy, bool IsFromExpert)
{
    /// <summary>Gets the probabilities of the labels where a student answered, and probability 1 for the label that a chat model named.</summary>
    /// <value><see langword="null"/> when there is no label.</value>
    public LabelDistribution? Labels { get; init; }

    /// <summary>Gets how sure whoever answered is, or <see cref="Confidence.None"/>.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>Gets what happened on the way; its id is what feedback refers to.</summary>
    /// <value><see langword="null"/> only where nobody answered.</value>
    public Episode? Episode { get; init; }

    /// <summary>Gets why nobody answered this item of a stream; <see langword="null"/> when somebody did.</summary>
    public CascadeException? Failure { get; init; }

    internal static Classification Of(CascadeResult result, CascadeClassifier classifier)
    {
        var (answer, episode) = result;
        var answerer = episode.Answerer;

        // An expert may be anybody, and speak of other labels.
        var labels = classifier.Prompt.Labels.Equals(answer.Labels?.Space) ? answer.Labels : null;
        return new(
            labels?.Best,
            answer.Response.Text,
            answerer?.Name ?? classifier.Cascade.Expert.Name,
            answerer?.Role == AttemptRole.Expert)
        {
            Labels = labels,
            Confidence = answer.Confidence,
            Episode = episode,
        };
    }

    internal static Classification Of(CascadeException failure) => new(null, "", "", IsFromExpert: false) { Failure = failure };

    /// <summary>Names the label and who gave it, without the text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => Failure is null ? $"{Label ?? "unparsed"} by {AnsweredBy}" : "failed";
}
