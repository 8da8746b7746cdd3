using LlmCascade.Calibration;

namespace LlmCascade.Steps.Exams;

/// <summary>Tells whether a text gives the right answer.</summary>
internal static class GoldAnswer
{
    public static bool IsIn(LabelledTask task, string text)
    {
        var answer = FinalAnswer.Of(text) ?? text;
        var (given, gold) = (NumbersInText.Of(answer), NumbersInText.Of(task.Answer));

        // In an answer of words, such as 12 Monkeys, a number alone decides nothing.
        if (!task.Answer.Any(char.IsLetter) && NumbersInText.Agree(given, gold) is { } agree)
        {
            return agree;
        }

        // Plain texts have no signs any more, and those of marks alone have no words.
        var words = PlainText.Of(task.Answer);
        return words.Length == 0 ? answer.Trim() == task.Answer.Trim() : PlainText.Of(answer) == words && given.SequenceEqual(gold);
    }
}
