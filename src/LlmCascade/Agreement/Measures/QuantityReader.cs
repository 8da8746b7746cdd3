using LlmCascade.Calibration;

namespace LlmCascade.Agreement.Measures;

/// <summary>Finds the quantities that a text speaks of: numbers as they are written or in English words, with units, and dates.</summary>
internal ref struct QuantityReader
{
    private const char WideFirst = '\uFF01';
    private const char WideLast = '\uFF5E';
    private const int WideDistance = WideFirst - '!';

    // More of them, as in a table, are not compared.
    private const int Most = 256;

    private readonly ReadOnlySpan<char> _text;
    private readonly List<Quantity> _found = [];
    private int _place;

    // The unit and the end of the last quantity, which the next one may belong to: 5 feet 10 inches.
    private Unit _unit;
    private int _end = -1;

    // The number of the last item of a list, whose items say nothing by their numbers.
    private decimal _item;

    private QuantityReader(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Finds the distinct quantities of a text; <see langword="null"/> where there are too many to compare.</summary>
    public static Quantity[]? Of(string text)
    {
        var narrow = text.AsSpan().ContainsAnyInRange(WideFirst, WideLast)
            ? string.Create(text.Length, text, static (narrow, text) =>
            {
                for (var i = 0; i < narrow.Length; i++)
                {
                    narrow[i] = text[i] is >= WideFirst and <= WideLast ? (char)(text[i] - WideDistance) : text[i];
                }
            })
            : text;
        var reader = new QuantityReader(narrow);
        return reader.Read() ? [.. reader._found] : null;
    }

    private bool Read()
    {
        while (_place < _text.Length)
        {
            var character = _text[_place];
            if (char.IsAsciiDigit(character))
            {
                ReadDigits();
            }
            else if (char.IsLetter(character))
            {
                ReadWord();
            }
            else
            {
                _place++;
            }

            if (_found.Count > Most)
            {
                return false;
            }
        }

        return true;
    }

    private void ReadWord()
    {
        var start = _place;
        while (_place < _text.Length && char.IsLetter(_text[_place]))
        {
            _place++;
        }

        // What a number begins with, or the name of a month.
        if (char.IsAsciiLetter(_text[start]) && (start == 0 || !char.IsAsciiDigit(_text[start - 1])))
        {
            if (_place + 1 < _text.Length && WrittenDates.ReadMonthFirst(_text, start, _place) is { } date)
            {
                Add(date.Value, date.End);
            }
            else if (NumberWords.Contain(_text[start.._place]) && NumberWords.Read(_text, start) is { } number && !IsPronoun(start, number.End))
            {
                ReadUnit(start, number.Value, number.End, currency: null);
            }
        }
    }

    private void ReadDigits()
    {
        var start = _place;
        var isGlued = start > 0 && char.IsLetter(_text[start - 1]) && !WordReader.IsUnspaced(_text[start - 1]);
        if (!isGlued && WrittenDates.Read(_text, start) is { } date)
        {
            Add(date.Value, date.End);
            return;
        }

        var end = NumbersInText.EndOf(_text, start);
        _place = end;
        if (NumbersInText.Parse(_text[start..end]) is not { } value || IsItem(start, end, value))
        {
            return;
        }

        var before = start;
        while (before > 0 && _text[before - 1] is ' ' or '\u00A0')
        {
            before--;
        }

        var currency = CurrencyBefore(ref before);
        before = currency is null ? start : before;
        value = before > 0 && NumbersInText.IsSign(_text, before - 1) ? -value : value;
        if (isGlued && currency is null)
        {
            Add(Quantity.Number(value), end);
        }
        else
        {
            ReadUnit(start, value, end, currency);
        }
    }

    private readonly QuantityKind? CurrencyBefore(ref int place)
    {
        if (place > 0 && Units.CurrencyOf(_text[place - 1]) is { } sign)
        {
            place--;
            return sign;
        }

        const int CodeLength = 3;
        var isCode = place >= CodeLength && !_text[(place - CodeLength)..place].ContainsAnyExceptInRange('A', 'Z')
            && (place == CodeLength || !char.IsLetter(_text[place - CodeLength - 1]));
        if (isCode && Units.TryFind(_text[(place - CodeLength)..place], out var unit) && unit.Kind >= QuantityKind.Dollar)
        {
            place -= CodeLength;
            return unit.Kind;
        }

        return null;
    }

    // Reads the words as "million" and the unit behind a number.
    private void ReadUnit(int start, decimal value, int end, QuantityKind? currency)
    {
        var at = end;
        while (FindUnit(at, currency is not null, out var unit, out var unitEnd))
        {
            if (unit.Kind != QuantityKind.Number)
            {
                if (currency is null)
                {
                    Add(start, value, unit, unitEnd);
                    return;
                }

                break;
            }

            if (Math.Abs(value) >= decimal.MaxValue / 1e14m)
            {
                break;
            }

            (value, at) = (value * unit.Factor, unitEnd);
        }

        if (currency is { } kind)
        {
            Add(new Quantity(kind, value, value), at);
        }
        else
        {
            Add(Quantity.Number(value), at);
        }
    }

    private readonly bool FindUnit(int end, bool isMoney, out Unit unit, out int unitEnd)
    {
        unit = default;
        unitEnd = end;
        var at = end < _text.Length && _text[end] is ' ' or '\u00A0' or '\u202F' or '-' ? end + 1 : end;
        if (at >= _text.Length)
        {
            return false;
        }

        unitEnd = at + 1;
        if (_text[at] == '%')
        {
            unit = new Unit(QuantityKind.Percent, 1);
            return true;
        }

        if (Units.CurrencyOf(_text[at]) is { } currency && (unitEnd == _text.Length || !char.IsAsciiDigit(_text[unitEnd])))
        {
            unit = new Unit(currency, 1);
            return true;
        }

        if (WordReader.IsUnspaced(_text[at]))
        {
            unitEnd = Math.Min(at + 2, _text.Length);
            return Units.TryFind(_text[at..unitEnd], out unit) || Units.TryFind(_text[at..--unitEnd], out unit);
        }

        unitEnd = at + (_text[at] == '°' ? 1 : 0);
        unitEnd += unitEnd < _text.Length && unitEnd > at && _text[unitEnd] == ' ' ? 1 : 0;
        while (unitEnd < _text.Length && (char.IsAsciiLetter(_text[unitEnd]) || _text[unitEnd] is '/' or '²' or '2') && unitEnd - at <= Units.LongestName)
        {
            unitEnd++;
        }

        var word = _text[at..unitEnd];
        if (word.Length == 3 && word[0] == '°' && word[1] == ' ')
        {
            word = word[2] == 'C' ? "°C" : word[2] == 'F' ? "°F" : word;
        }

        var isLetter = unitEnd < _text.Length && (char.IsLetterOrDigit(_text[unitEnd]) || _text[unitEnd] is '³' or '^');
        if (word.Equals("per", StringComparison.OrdinalIgnoreCase) && _text[unitEnd..].StartsWith(" cent", StringComparison.OrdinalIgnoreCase))
        {
            unitEnd += " cent".Length;
            unit = new Unit(QuantityKind.Percent, 1);
            return true;
        }

        // Behind a blank these are other words.
        var isOther = at > end && (word is "B" or "k" || (word is "in" && _text[unitEnd..].TrimStart() is [not ('.' or ',' or ';' or ')'), ..]));
        if (isLetter || word.IsEmpty || isOther)
        {
            return false;
        }

        if (isMoney && word is "m")
        {
            unit = new Unit(QuantityKind.Number, 1e6m);
            return true;
        }

        return Units.TryFind(word, out unit);
    }

    private void Add(int start, decimal value, in Unit unit, int end)
    {
        if (Math.Abs(value) >= decimal.MaxValue / 1e13m)
        {
            Add(Quantity.Number(value), end);
            return;
        }

        var amount = (value + unit.Offset) * unit.Factor;
        var isPart = _end >= 0 && unit.Kind == _unit.Kind && unit.Factor < _unit.Factor && unit.Kind is QuantityKind.Duration or QuantityKind.Length or QuantityKind.Months
            or QuantityKind.Mass && _text[_end..start].Trim() is "" or "and" or "und";
        if (isPart && _found.Count > 0)
        {
            var whole = _found[^1];
            _found.RemoveAt(_found.Count - 1);
            Add(whole with { Amount = whole.Amount + amount }, end);
        }
        else
        {
            Add(new Quantity(unit.Kind, value, amount, unit.IsCustomary), end);
        }

        (_unit, _end) = (unit, end);
    }

    private void Add(in Quantity quantity, int end)
    {
        _place = Math.Max(end, _place);
        _end = -1;
        if (!_found.Contains(quantity))
        {
            _found.Add(quantity);
        }
    }

    // 1. or 1) at the beginning of a line, with something behind it; a list begins with 1 and goes on.
    private bool IsItem(int start, int end, decimal value)
    {
        if (end + 1 >= _text.Length || _text[end] is not ('.' or ')') || _text[end + 1] != ' ' || value != _item + 1)
        {
            return false;
        }

        var before = start;
        while (before > 0 && _text[before - 1] is ' ' or '\t' or '*' or '#')
        {
            before--;
        }

        var isItem = before == 0 || _text[before - 1] == '\n';
        _item += isItem ? 1 : 0;
        return isItem;
    }

    // "one" is a number where it stands for one, and not for somebody or something.
    private readonly bool IsPronoun(int start, int end)
    {
        if (end - start != 3 || !_text[start..end].Equals("one", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var before = _text[..start].TrimEnd(' ');
        before = before[(before.LastIndexOfAny(" \n") + 1)..];
        var after = _text[end..];
        if (!after.IsEmpty && after[0] is '\'' or '’')
        {
            return true;
        }

        after = after.TrimStart(' ');
        var length = after.IndexOfAnyExceptInRange('a', 'z');
        return before.ToString().ToLowerInvariant() is "no" or "the" or "this" or "that" or "another" or "each" or "every" or "any" or "some" or "which"
            || after[..(length < 0 ? after.Length : length)] is "of" or "another" or "can" or "could" or "should" or "must" or "may" or "might" or "would" or "who" or "that" or "has";
    }
}
