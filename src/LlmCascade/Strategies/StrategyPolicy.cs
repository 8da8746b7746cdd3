using System.Buffers;
using LlmCascade.Calibration;
using LlmCascade.Deferral;

namespace LlmCascade.Strategies;

/// <summary>Defers answers that were given with strategies and are no good whatever their confidence; keeps nothing.</summary>
/// <remarks>
/// A strategy in quarantine has yet to prove itself, by the expert's answer to the same request. And small models that are shown notes may end by repeating
/// the question, and are sure of it.
/// </remarks>
internal sealed class StrategyPolicy : IDeferralPolicy
{
    // Of a shorter question a right answer may be a part.
    private const int FewestBlanks = 3;

    private static readonly SearchValues<char> _ends = SearchValues.Create(".,:;!?\n");

    public bool CanKeep => false;

    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default)
    {
        var reason = generation.Strategies is not { AreShown: true } use ? null
            : use.AreQuarantined ? DeferralReasons.Quarantined
            : Repeats(request.Query, generation.Response.Text) ? DeferralReasons.RepeatsQuestion
            : null;
        return new(reason is null ? Verdict.NoOpinion : Verdict.Defer(reason, generation.Confidence));
    }

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
