namespace LlmCascade.Steps.Validators;

internal ref partial struct ArithmeticLexer
{
    private static readonly (string Phrase, ArithmeticKind Kind)[] _phrases =
    [
        ("plus", ArithmeticKind.Plus),
        ("minus", ArithmeticKind.Minus),
        ("times", ArithmeticKind.Times),
        ("multiplied by", ArithmeticKind.Times),
        ("divided by", ArithmeticKind.Divide),
        ("equals", ArithmeticKind.Equal),
    ];

    // A command of LaTeX, or a sign that is escaped.
    private void ReadCommand()
    {
        var next = At(_place + 1);
        if (!char.IsAsciiLetter(next))
        {
            if (next is '(' or ')' or '[' or ']' or '\\')
            {
                Add(ArithmeticKind.Break, 2);
            }
            else
            {
                // A blank of some width, or an escaped sign, which is read next.
                _place += next is ',' or ';' or ':' or '!' or ' ' ? 2 : 1;
            }

            return;
        }

        var end = _place + 1;
        while (char.IsAsciiLetter(At(end)))
        {
            end++;
        }

        var length = end - _place;
        switch (_text[(_place + 1)..end])
        {
            case "times" or "cdot" or "ast":
                Add(ArithmeticKind.Times, length);
                break;
            case "div":
                Add(ArithmeticKind.Divide, length);
                break;
            case "frac" or "dfrac" or "tfrac":
                Add(ArithmeticKind.Fraction, length);
                break;
            case "approx" or "simeq" or "cong":
                Add(ArithmeticKind.NearlyEqual, length);
                break;
            case "left" or "right" or "text" or "mathrm" or "textbf" or "mathbf" or "boxed" or "displaystyle":
                _place = end;
                break;
            case "quad" or "qquad" or "begin" or "end" or "Rightarrow" or "rightarrow" or "implies":
                Add(ArithmeticKind.Break, length);
                break;
            default:
                Add(ArithmeticKind.Unknown, length);
                break;
        }
    }
}
