using System.Globalization;

namespace LlmCascade.Steps.Validators;

/// <summary>One equation of a text: what is computed on the left, and what the right side claims it to be.</summary>
/// <param name="text">The text.</param>
/// <param name="tokens">Its pieces.</param>
/// <param name="start">The place where the left side begins.</param>
/// <param name="sign">The place of the equals sign.</param>
/// <param name="isCut">Whether the text ends before its writer was done.</param>
internal readonly ref struct Equation(ReadOnlySpan<char> text, ReadOnlySpan<ArithmeticToken> tokens, int start, int sign, bool isCut)
{
    private const int MaxWordsBeforeClaim = 3;
    private const int MaxWordsBehindClaim = 12;
    private const int LongestQuote = 100;
    private const decimal Exactness = 1e-9m;
    private const decimal Nearness = 0.01m;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly ReadOnlySpan<ArithmeticToken> _tokens = tokens;

    /// <summary>Finds out that no reading of the equation holds.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="leftEnd">Where the left side ends in the text, without its unit.</param>
    /// <returns>What is wrong, in words; <see langword="null"/> where a reading holds or nothing is certain.</returns>
    public string? FindFlaw(Expression left, int leftEnd)
    {
        var (begin, isNear) = FindClaim();
        if (begin is null || left.Evaluate(PercentReading.Fraction) is not { } value)
        {
            return null;
        }

        var right = new ExpressionReader(_text, _tokens, begin.Value);
        var whole = right.Read();
        var isCertain = right.Unclosed is null
            && whole.Evaluate(PercentReading.Fraction) is not null
            && !(isCut && right.End == _text.TrimEnd().Length);
        if (!isCertain || HoldsSomehow(begin.Value, isNear))
        {
            return null;
        }

        var claimed = right.First.Evaluate(PercentReading.Fraction) ?? 0;
        if (IsShareForAmount(left, claimed) || IsRange(left) || IsVague(right.Next, value, claimed))
        {
            return null;
        }

        var quote = Quote(_tokens[start].Start, leftEnd);
        var claim = Quote(_tokens[begin.Value].Start, right.End);
        return string.Create(CultureInfo.InvariantCulture, $"{quote} is {decimal.Round(value, 6):0.######} and not {claim}");
    }

    // As 2/5 = 12 acres, where 12 acres are two fifths of something.
    private static bool IsShareForAmount(Expression left, decimal claimed) =>
        left is Expression.Binary { Operator: ArithmeticKind.Divide, Left: Expression.Number dividend, Right: Expression.Number divisor }
        && dividend.Token.Value < divisor.Token.Value && claimed > 1;

    // Pages 3-4 are two pages.
    private static bool IsRange(Expression left) =>
        left is Expression.Binary { Operator: ArithmeticKind.Minus, Left: Expression.Number first, Right: Expression.Number last }
        && first.Token.Value < last.Token.Value && first.Token.End + 1 == last.Token.Start;

    private bool HoldsSomehow(int begin, bool isNear)
    {
        ReadOnlySpan<WritingHabit> habits = [WritingHabit.Usual, WritingHabit.FromLeftToRight, WritingHabit.FractionsFirst];
        foreach (var habit in habits)
        {
            var left = new ExpressionReader(_text, _tokens, start, habit).Read();
            var right = new ExpressionReader(_text, _tokens, begin, habit);
            if (Holds(left, right.Read(), isNear) || Holds(left, right.First, isNear))
            {
                return true;
            }
        }

        return false;
    }

    // The place behind words such as "about" or "a total of".
    private (int? Begin, bool IsNear) FindClaim()
    {
        var isNear = _tokens[sign].Kind == ArithmeticKind.NearlyEqual;
        for (var place = sign + 1; place <= sign + 1 + MaxWordsBeforeClaim; place++)
        {
            switch (_tokens[place].Kind)
            {
                case ArithmeticKind.Number or ArithmeticKind.Open or ArithmeticKind.Minus or ArithmeticKind.Fraction:
                    return (place, isNear);
                case ArithmeticKind.Word when ArithmeticWords.IsNear(Word(place)):
                    isNear = true;
                    break;
                case ArithmeticKind.Word when ExpressionReader.IsOf(_text, _tokens[place]) || !ArithmeticWords.IsVague(Word(place)):
                    break;
                default:
                    return default;
            }
        }

        return default;
    }

    private static bool Holds(Expression left, Expression right, bool isNear)
    {
        ReadOnlySpan<PercentReading> readings = [PercentReading.Fraction, PercentReading.Plain, PercentReading.OfWhatStandsBefore];
        foreach (var reading in readings)
        {
            if (left.Evaluate(reading) is { } value
                && left.Slack(reading, IsThird) is var slack
                && (IsClaimed(value, slack, right, PercentReading.Fraction, isNear) || IsClaimed(value, slack, right, PercentReading.Plain, isNear)))
            {
                return true;
            }
        }

        return false;
    }

    // A number that is written out may be rounded, or cut off.
    private static bool IsClaimed(decimal value, decimal slack, Expression right, PercentReading reading, bool isNear)
    {
        if (right.Evaluate(reading) is not { } claimed)
        {
            return false;
        }

        // ($365 / 12) x 5 = $30.4167 x 5
        slack += right.Computes ? right.Slack(reading, static _ => true) : 0;
        var difference = Math.Abs(value - claimed);
        if (difference <= slack + (Exactness * Math.Max(1, Math.Abs(claimed))) || (isNear && difference <= Nearness * Math.Abs(value)))
        {
            return true;
        }

        var number = right is Expression.Negative { Operand: Expression.Number negated } ? negated : right as Expression.Number;
        if (number is null)
        {
            return false;
        }

        var decimals = number.Token.Decimals + (number.Token.IsPercent && reading == PercentReading.Fraction ? 2 : 0);
        return decimals <= 20
            && (decimal.Round(value, decimals, MidpointRounding.ToZero) == claimed || difference <= slack + (0.5m * Unit(decimals)));
    }

    // 13.33 and 0.667 stand for thirds, which their writers go on with; amounts of money do not.
    private static bool IsThird(ArithmeticToken number)
    {
        if (number.Decimals < 2 || (number.IsMoney && number.Decimals == 2))
        {
            return false;
        }

        var thrice = 3 * (number.Value - decimal.Truncate(number.Value));
        return Math.Abs(thrice - 1) <= 2 * Unit(number.Decimals) || Math.Abs(thrice - 2) <= 2 * Unit(number.Decimals);
    }

    private static decimal Unit(int decimals) => new(1, 0, 0, isNegative: false, (byte)decimals);

    // Whether something about the equation says that its numbers are no plain numbers.
    private bool IsVague(int rightEnd, decimal value, decimal claimed)
    {
        if (!BeginsAlone())
        {
            return true;
        }

        var units = new UnitMix();
        for (var place = start; place < rightEnd; place++)
        {
            var token = _tokens[place];
            if (token.Kind == ArithmeticKind.Word && (ArithmeticWords.IsVagueBehind(Word(place)) || (place < sign && IsShareOfWords(place))))
            {
                return true;
            }

            units.Add(token, _text);
        }

        var end = rightEnd;
        while (end - rightEnd < MaxWordsBehindClaim && _tokens[end].Kind == ArithmeticKind.Word)
        {
            if (ArithmeticWords.IsVagueBehind(Word(end)))
            {
                return true;
            }

            units.Add(_tokens[end], _text);
            end++;
        }

        // 5 hours 30 minutes, and 2 1/2.
        if (_tokens[end].Kind is ArithmeticKind.Number or ArithmeticKind.Unknown or ArithmeticKind.Fraction)
        {
            units.Add(_tokens[end + 1], _text);
            if (end == rightEnd)
            {
                return true;
            }
        }

        return units.Explains(value, claimed);
    }

    private bool IsShareOfWords(int place) => ExpressionReader.IsOf(_text, _tokens[place]) && !ExpressionReader.IsShare(_text, _tokens, place);

    private bool BeginsAlone()
    {
        var before = _tokens[start - 1];
        var isSpacedSign = _tokens[start].Kind == ArithmeticKind.Minus && _tokens[start].End < _tokens[start + 1].Start && !before.IsEqual;
        return !isSpacedSign && before.Kind switch
        {
            ArithmeticKind.Break or ArithmeticKind.Open => true,
            ArithmeticKind.Word => !ArithmeticWords.IsVague(Word(start - 1)),
            _ => before.IsEqual,
        };
    }

    private ReadOnlySpan<char> Word(int place) => _text[_tokens[place].Start.._tokens[place].End];

    private string Quote(int from, int to)
    {
        from -= from > 0 && _text[from - 1] is '$' or '€' or '£' ? 1 : 0;
        var quote = string.Join(' ', _text[from..to].ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return quote.Length <= LongestQuote ? quote : "the left side";
    }
}
