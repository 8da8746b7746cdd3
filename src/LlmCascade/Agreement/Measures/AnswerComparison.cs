using LlmCascade.Calibration;

namespace LlmCascade.Agreement.Measures;

/// <summary>Whether two answers come to the same.</summary>
internal static class AnswerComparison
{
    // Longer texts mention this and that beside what they say.
    private const int MostWords = 60;

    public static double? OfConclusions(AnswerText first, AnswerText second)
    {
        var (one, other) = (first.Conclusion, second.Conclusion);
        return string.IsNullOrWhiteSpace(one) || string.IsNullOrWhiteSpace(other) ? null
            : first.ConcludedQuantities is null or { Length: > 0 } && second.ConcludedQuantities is null or { Length: > 0 }
                ? Value(AreSameInOrder(first.ConcludedQuantities, second.ConcludedQuantities))
            : one == other || PlainText.Of(one) == PlainText.Of(other) ? 1
            : 0;
    }

    public static double? OfQuantities(AnswerText first, AnswerText second)
    {
        if (first.ExplicitConclusion.Length > 0 && second.ExplicitConclusion.Length > 0
            && first.ConcludedQuantities is { Length: > 0 } one && second.ConcludedQuantities is { Length: > 0 } other)
        {
            return Value(AreSameInOrder(one, other));
        }

        return first.Quantities is not { Length: > 0 } all || second.Quantities is not { Length: > 0 } others ? null
            : AreSame(all, others) is not false and var same ? Value(same)
            : first.Words <= MostWords && second.Words <= MostWords ? 0
            : null;
    }

    public static double? OfJson(AnswerText first, AnswerText second) =>
        first.Json is { } one && second.Json is { } other ? (JsonAnswer.AreEqual(one, other) ? 1 : 0) : null;

    private static double? Value(bool? areSame) => areSame is { } same ? (same ? 1 : 0) : null;

    // 3/4 is not 4/3, and 10 is not 10 to 20.
    private static bool? AreSameInOrder(Quantity[]? first, Quantity[]? second)
    {
        if (first is null || second is null)
        {
            return null;
        }

        bool? areSame = first.Length == second.Length;
        for (var i = 0; i < first.Length && areSame is not false; i++)
        {
            areSame = Quantity.AreSame(first[i], second[i]) switch { true => areSame, var unlike => unlike };
        }

        return areSame;
    }

    // They are the same where one says nothing that the other does not.
    private static bool? AreSame(Quantity[]? first, Quantity[]? second)
    {
        if (first is null || second is null)
        {
            return null;
        }

        var (one, other) = (IsContained(first, second), IsContained(second, first));
        return one is true || other is true ? true : one is null || other is null ? null : false;
    }

    private static bool? IsContained(Quantity[] part, Quantity[] whole)
    {
        bool? isContained = true;
        foreach (var quantity in part)
        {
            bool? isThere = false;
            foreach (var each in whole)
            {
                isThere = Quantity.AreSame(quantity, each) switch { true => true, null when isThere is false => null, _ => isThere };
                if (isThere is true)
                {
                    break;
                }
            }

            if (isThere is false)
            {
                return false;
            }

            isContained = isThere is null ? null : isContained;
        }

        return isContained;
    }
}
