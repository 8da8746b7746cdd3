using System.Globalization;

namespace LlmCascade.Steps.Validators;

internal ref partial struct ArithmeticLexer
{
    private const int MostDigits = 28;

    private void ReadNumber()
    {
        var start = _place;
        var isMoney = start > 0 && _text[start - 1] is '$' or '€' or '£';
        SkipDigits();
        var isGrouped = SkipGroups(start);
        var decimals = 0;
        if (Current == '.' && char.IsAsciiDigit(At(_place + 1)))
        {
            _place++;
            var first = _place;
            SkipDigits();
            decimals = _place - first;
        }

        // 1,5 may be two numbers and may be one, 1.2.3 is a version, 3:4 a ratio or a time.
        if (Current is '.' or ',' or ':' && char.IsAsciiDigit(At(_place + 1)))
        {
            while (char.IsAsciiDigit(Current) || (Current is '.' or ',' or ':' && char.IsAsciiDigit(At(_place + 1))))
            {
                _place++;
            }

            AddFrom(start, ArithmeticKind.Unknown);
            return;
        }

        var digits = _text[start.._place];
        var plain = isGrouped ? digits.ToString().Replace(",", "", StringComparison.Ordinal) : digits;
        if (digits.Length > MostDigits || !decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            AddFrom(start, ArithmeticKind.Unknown);
            return;
        }

        if (IsGluedToUnknown())
        {
            AddFrom(start, ArithmeticKind.Unknown);
            return;
        }

        AddFrom(start, ArithmeticKind.Number);
        _tokens[^1] = _tokens[^1] with { Value = value, Decimals = decimals, IsMoney = isMoney };
        ReadBehindNumber();
    }

    // A percent sign, or a power such as 5².
    private void ReadBehindNumber()
    {
        var sign = SkipBlanks(_place);
        sign = At(sign) == '\\' && At(sign + 1) == '%' ? sign + 1 : sign;
        if (At(sign) == '%')
        {
            // 17 % 5 is what remains of a division.
            var isRemainder = sign > _place && At(sign - 1) == ' ' && BeginsOperand(sign + 1);
            _place = sign + 1;
            _tokens[^1] = isRemainder
                ? new(ArithmeticKind.Unknown, _tokens[^1].Start, _place)
                : _tokens[^1] with { IsPercent = true, End = _place };
        }
        else if (Current is '²' or '³')
        {
            var power = Current == '²' ? 2 : 3;
            _tokens.Add(new(ArithmeticKind.Power, _place, _place));
            _tokens.Add(new(ArithmeticKind.Number, _place, _place + 1) { Value = power });
            _place++;
        }
    }

    // 2x is a variable's multiple, before $3 too, and 3rd a rank; 5kg is a number with its unit, and 3x4 a product.
    private bool IsGluedToUnknown()
    {
        if (!char.IsLetter(Current) && Current != '_')
        {
            return false;
        }

        var end = _place;
        while (char.IsLetterOrDigit(At(end)) || At(end) == '_')
        {
            end++;
        }

        var glued = _text[_place..end];
        if (glued[0] is 'x' or 'X' && !char.IsWhiteSpace(At(_place + 1)) && BeginsOperand(_place + 1))
        {
            return false;
        }

        var isUnknown = glued is [< '\u0400'] or "st" or "nd" or "rd" or "th" || glued.ContainsAnyInRange('0', '9');
        _place = isUnknown ? end : _place;
        return isUnknown;
    }

    private bool SkipGroups(int start)
    {
        var place = _place;
        while (_place - start <= MostDigits && At(place) == ',' && IsGroup(place + 1))
        {
            place += 4;
        }

        // 1000,000 is no number, and 3,4,500 are several.
        var isGrouped = place > _place && _place - start <= 3;
        _place = isGrouped ? place : _place;
        return isGrouped;
    }

    private readonly bool IsGroup(int place) =>
        char.IsAsciiDigit(At(place)) && char.IsAsciiDigit(At(place + 1)) && char.IsAsciiDigit(At(place + 2)) && !char.IsAsciiDigit(At(place + 3));

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Current))
        {
            _place++;
        }
    }

    private readonly void AddFrom(int start, ArithmeticKind kind) => _tokens.Add(new(kind, start, _place));
}
