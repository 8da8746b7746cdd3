using System.Buffers;
using System.Globalization;
using System.Text;

namespace LlmCascade.Agreement.Measures;

/// <summary>Finds the words of a text one after the other: runs of letters, digits and marks.</summary>
/// <remarks>In scripts that are written without spaces, such as Chinese, Japanese and Thai, each letter with its marks is a word.</remarks>
internal ref struct WordReader(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _end;

    private enum Kind
    {
        Other,
        Letter,
        LoneLetter,
        Mark,
    }

    public int Start { get; private set; }

    public readonly int End => _end;

    public readonly ReadOnlySpan<char> Word => _text[Start.._end];

    public bool MoveNext()
    {
        var kind = Kind.Other;
        var length = 0;
        for (Start = _end; Start < _text.Length; Start += length)
        {
            (kind, length) = KindAt(_text, Start);
            if (kind != Kind.Other)
            {
                break;
            }
        }

        if (kind == Kind.Other)
        {
            _end = _text.Length;
            return false;
        }

        var isAlone = kind == Kind.LoneLetter;
        for (_end = Start + length; _end < _text.Length; _end += length)
        {
            if (char.IsAsciiLetterOrDigit(_text[_end]) && !isAlone)
            {
                length = 1;
                continue;
            }

            (kind, length) = KindAt(_text, _end);
            if (kind != Kind.Mark && (kind != Kind.Letter || isAlone))
            {
                break;
            }
        }

        return true;
    }

    /// <summary>Tells whether a character belongs to a script that is written without spaces.</summary>
    public static bool IsUnspaced(int character) =>
        character is (>= 0x3040 and <= 0x30FF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F)
            or (>= 0x1780 and <= 0x17FF) or (>= 0x3005 and <= 0x3007) or (>= 0x3100 and <= 0x312F) or (>= 0x31F0 and <= 0x31FF)
            or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF66 and <= 0xFF9F) or (>= 0x20000 and <= 0x3FFFF);

    private static (Kind Kind, int Length) KindAt(ReadOnlySpan<char> text, int place) =>
        !char.IsAscii(text[place]) ? KindOfOther(text, place)
        : char.IsAsciiLetterOrDigit(text[place]) ? (Kind.Letter, 1)
        : (Kind.Other, 1);

    private static (Kind Kind, int Length) KindOfOther(ReadOnlySpan<char> text, int place)
    {
        var character = text[place];
        var rune = (Rune)0xFFFD;
        var length = 1;
        if (!char.IsSurrogate(character))
        {
            rune = (Rune)character;
        }
        else if (Rune.DecodeFromUtf16(text[place..], out var pair, out _) == OperationStatus.Done)
        {
            (rune, length) = (pair, 2);
        }

        var kind = Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber =>
                IsUnspaced(rune.Value) ? Kind.LoneLetter : Kind.Letter,
            UnicodeCategory.DecimalDigitNumber => Kind.Letter,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Kind.Mark,
            _ => Kind.Other,
        };
        return (kind, length);
    }
}
