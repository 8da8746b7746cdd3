using System.Runtime.InteropServices;
using System.Text;

namespace LlmCascade.Steps.Validators;

/// <summary>Recomputes the equations of a text.</summary>
internal static class Equations
{
    private const string MarkStart = "<<";
    private const string MarkEnd = ">>";

    /// <summary>Finds an equation that does not hold.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isCut">Whether the text ends before its writer was done, so that its last number may be cut too.</param>
    /// <returns>What is wrong, in words; <see langword="null"/> where nothing is known to be.</returns>
    public static string? FindFlaw(string text, bool isCut)
    {
        var plain = text.Replace("{,}", ",", StringComparison.Ordinal);
        return plain.Contains(MarkStart, StringComparison.Ordinal) ? FindFlawAroundMarks(plain, isCut) : FindFlawIn(plain, isCut);
    }

    // <<16-3=13>>13 is what a calculator was asked and said, and behind it the writer goes on.
    private static string? FindFlawAroundMarks(string text, bool isCut)
    {
        var around = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.IndexOf(MarkStart) is var start and >= 0)
        {
            around.Append(rest[..start]);
            rest = rest[(start + MarkStart.Length)..];
            var end = rest.IndexOf(MarkEnd);
            if (end < 0)
            {
                rest = [];
                break;
            }

            if (FindFlawIn(rest[..end], isCut: false) is { } flaw)
            {
                return flaw;
            }

            rest = rest[(end + MarkEnd.Length)..];
        }

        return FindFlawIn(around.Append(rest).ToString(), isCut);
    }

    private static string? FindFlawIn(ReadOnlySpan<char> text, bool isCut)
    {
        // Most steps have no equation, and are done here.
        if (text.IndexOfAny('=', '≈', '≅') < 0 && !text.Contains("equal", StringComparison.OrdinalIgnoreCase) && !text.Contains('\\'))
        {
            return null;
        }

        var tokens = CollectionsMarshal.AsSpan(ArithmeticLexer.Read(text));
        for (var place = 0; place < tokens.Length - 1;)
        {
            if (!CanBegin(tokens, place))
            {
                place++;
                continue;
            }

            var left = new ExpressionReader(text, tokens, place);
            var expression = left.Read();
            if (left.Unclosed is { } bracket)
            {
                place = Math.Max(place, bracket) + 1;
            }
            else if (!tokens[left.Next].IsEqual)
            {
                place = Math.Max(place + 1, left.Next);
            }
            else
            {
                if (expression.Computes && new Equation(text, tokens, place, left.Next, isCut).FindFlaw(expression, left.End) is { } flaw)
                {
                    return flaw;
                }

                place = left.Next + 1;
            }
        }

        return null;
    }

    // A word with an operator behind it stands for a value.
    private static bool CanBegin(ReadOnlySpan<ArithmeticToken> tokens, int place) => tokens[place].Kind switch
    {
        ArithmeticKind.Break or ArithmeticKind.Equal or ArithmeticKind.NearlyEqual or ArithmeticKind.Close => false,
        ArithmeticKind.Word => tokens[place + 1].IsOperator && !IsSign(tokens, place + 1),
        _ => true,
    };

    private static bool IsSign(ReadOnlySpan<ArithmeticToken> tokens, int place) =>
        tokens[place].Kind == ArithmeticKind.Minus
        && tokens[place + 1].Kind == ArithmeticKind.Number
        && tokens[place].End == tokens[place + 1].Start
        && tokens[place].Start > tokens[place - 1].End;
}
