using System.Buffers;
using LlmCascade.Calibration;
using LlmCascade.Deferral;

namespace LlmCascade.Strategies;

/// <summary>Defers answers that were given with strategies and end by repeating the question; keeps nothing. Small models do that, and are sure of it.</summary>
internal sealed class EchoPolicy : IDeferralPolicy
{
    // Of a shorter question a right answer may be a part.
    private const int FewestBlanks = 3;

    private static readonly SearchValues<char> _ends = SearchValues.Create(".,:;!?\n");

    public bool CanKeep => false;

    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(generation.Strategies is { AreShown: true } && Repeats(request.Query, generation.Response.Text)
            ? Verdict.Defer(DeferralReasons.RepeatsQuestion, generation.Confidence)
            : Verdict.NoOpinion);

    private static bool Repeats(string question, string answer)
    {
        var asked = question.AsSpan().TrimEnd();
        if (asked is not [.., '?' or '？' or '؟'] || answer.Length == 0)
        {
            return false;
        }

        var words = PlainText.Of(asked[(asked[..^1].LastIndexOfAny(_ends) + 1)..].ToString());
        return words.AsSpan().Count(' ') >= FewestBlanks && PlainText.Of(answer).EndsWith(words, StringComparison.Ordinal);
    }
}
