namespace LlmCascade.Agreement.Measures;

/// <summary>Reads dates and times of day.</summary>
internal static class WrittenDates
{
    private const int LongestMonth = 10;

    // 0 before noon, 12 after it, 24 where all hours are counted.
    private static readonly (string Word, int Half)[] _halves = [("am", 0), ("a.m", 0), ("pm", 12), ("p.m", 12), ("uhr", 24)];

    /// <summary>Reads a date or a time of day that begins with a digit.</summary>
    public static (Quantity Value, int End)? Read(ReadOnlySpan<char> text, int start)
    {
        if (Digits(text, start, 4) is not { } first)
        {
            return null;
        }

        var next = first.End < text.Length ? text[first.End] : '\0';
        return next switch
        {
            '-' or '/' or '.' when ReadNumeric(text, start, first, next) is { } date => date,
            '年' or '月' => ReadChinese(text, first),
            ':' => ReadTime(text, start, first),
            _ => ReadDayFirst(text, start, first) ?? ReadHour(text, start, first),
        };
    }

    /// <summary>Reads a date that begins with the name of a month.</summary>
    public static (Quantity Value, int End)? ReadMonthFirst(ReadOnlySpan<char> text, int start, int end)
    {
        var at = end < text.Length && text[end] == '.' ? end + 1 : end;
        if (at >= text.Length - 1 || text[at] != ' ' || !char.IsAsciiDigit(text[at + 1])
            || MonthOf(text[start..end]) is not { } month || Digits(text, at + 1, 4) is not { } number)
        {
            return null;
        }

        if (number.End - at - 1 == 4)
        {
            return IsYear(number.Value) ? (Date(number.Value, month, 0), number.End) : null;
        }

        if (number.Value is < 1 or > 31)
        {
            return null;
        }

        var dayEnd = SkipOrdinal(text, number.End);
        var (year, yearEnd) = YearAfter(text, dayEnd);
        return (Date(year, month, number.Value), yearEnd);
    }

    private static Quantity Date(int year, int month, int day, bool isVague = false) =>
        new(QuantityKind.Date, year, (year * 10_000) + (month * 100) + day, isVague);

    private static bool IsYear(int value) => value is >= 1000 and <= 2999;

    private static bool IsDay(int month, int day) => month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2024, month);

    // Of 3/4/2024 nobody knows which is the month; with points the day comes first.
    private static (Quantity, int)? ReadNumeric(ReadOnlySpan<char> text, int start, (int Value, int End) first, char mark)
    {
        if (Digits(text, first.End + 1, 2) is not { } second || second.End >= text.Length || text[second.End] != mark
            || Digits(text, second.End + 1, 4) is not { } third
            || (third.End + 1 < text.Length && text[third.End] == mark && char.IsAsciiDigit(text[third.End + 1])))
        {
            return null;
        }

        if (first.End - start == 4)
        {
            return mark != '.' && IsDay(second.Value, third.Value) ? (Date(first.Value, second.Value, third.Value), third.End) : null;
        }

        if (third.End - second.End != 5 || !IsYear(third.Value))
        {
            return null;
        }

        var (isDayFirst, isMonthFirst) = (IsDay(second.Value, first.Value), mark != '.' && IsDay(first.Value, second.Value));
        return isDayFirst ? (Date(third.Value, second.Value, first.Value, isMonthFirst && first.Value != second.Value), third.End)
            : isMonthFirst ? (Date(third.Value, first.Value, second.Value), third.End)
            : null;
    }

    private static (Quantity, int)? ReadChinese(ReadOnlySpan<char> text, (int Value, int End) first)
    {
        var year = 0;
        var month = first;
        if (text[first.End] == '年')
        {
            if (!IsYear(first.Value))
            {
                return null;
            }

            if (Digits(text, first.End + 1, 2) is not { } second || second.End >= text.Length || text[second.End] != '月')
            {
                return (Quantity.Number(first.Value), first.End + 1);
            }

            (year, month) = (first.Value, second);
        }

        var day = Digits(text, month.End + 1, 2) is { } third && third.End < text.Length && text[third.End] is '日' or '号' ? third : (Value: 0, End: month.End);
        return month.Value is >= 1 and <= 12 && (day.Value > 0 || year > 0) ? (Date(year, month.Value, day.Value), day.End + 1) : null;
    }

    private static (Quantity, int)? ReadDayFirst(ReadOnlySpan<char> text, int start, (int Value, int End) day)
    {
        if (day.End - start > 2 || day.Value is < 1 or > 31)
        {
            return null;
        }

        var at = SkipOrdinal(text, day.End);
        at = at < text.Length && text[at] == '.' ? at + 1 : at;
        if (at >= text.Length || text[at] != ' ')
        {
            return null;
        }

        at = SkipWord(text, SkipWord(text, at + 1, "of "), "de ");
        var end = at;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        if (MonthOf(text[at..end]) is not { } month)
        {
            return null;
        }

        var (year, yearEnd) = YearAfter(text, end);
        return (Date(year, month, day.Value), yearEnd);
    }

    private static (int Year, int End) YearAfter(ReadOnlySpan<char> text, int end)
    {
        var at = end;
        while (at < text.Length && text[at] is ' ' or ',' or '.')
        {
            at++;
        }

        at = SkipWord(text, at, "de ");
        return at > end && at - end <= 5 && Digits(text, at, 4) is { } year && year.End - at == 4 && IsYear(year.Value) ? (year.Value, year.End) : (0, end);
    }

    private static (Quantity, int)? ReadTime(ReadOnlySpan<char> text, int start, (int Value, int End) hour)
    {
        if (hour.End - start > 2 || hour.Value > 23 || Digits(text, hour.End + 1, 2) is not { } minute || minute.End - hour.End != 3 || minute.Value > 59
            || (start > 0 && text[start - 1] == ':'))
        {
            return null;
        }

        var end = minute.End < text.Length && text[minute.End] == ':' && Digits(text, minute.End + 1, 2) is { } second ? second.End : minute.End;
        var (half, halfEnd) = HalfOfDay(text, end, hour.Value);
        return (Time(hour.Value, minute.Value, half), halfEnd);
    }

    private static (Quantity, int)? ReadHour(ReadOnlySpan<char> text, int start, (int Value, int End) hour) =>
        hour.End - start <= 2 && hour.Value <= 24 && HalfOfDay(text, hour.End, hour.Value) is var (half, end) && half is not null
            ? (Time(hour.Value % 24, 0, half), end)
            : null;

    private static Quantity Time(int hour, int minute, int? half)
    {
        var inDay = half switch { 0 => hour % 12, 12 => (hour % 12) + 12, _ => hour };
        return new(QuantityKind.TimeOfDay, hour, (inDay * 60) + minute, IsVague: half is null && hour is > 0 and <= 12);
    }

    private static (int? Half, int End) HalfOfDay(ReadOnlySpan<char> text, int end, int hour)
    {
        var at = end < text.Length && text[end] is ' ' or '\u00A0' or '\u202F' ? end + 1 : end;
        foreach (var (word, half) in _halves)
        {
            if (text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase)
                && (at + word.Length == text.Length || !char.IsLetterOrDigit(text[at + word.Length])) && (half == 24 || hour is >= 1 and <= 12))
            {
                return (half, at + word.Length);
            }
        }

        return (null, end);
    }

    private static int SkipOrdinal(ReadOnlySpan<char> text, int end) =>
        end + 1 < text.Length && text.Slice(end, 2) is "st" or "nd" or "rd" or "th" && (end + 2 == text.Length || !char.IsLetter(text[end + 2])) ? end + 2 : end;

    private static int SkipWord(ReadOnlySpan<char> text, int at, string word) =>
        at <= text.Length && text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase) ? at + word.Length : at;

    // So many digits at most, and none behind them.
    private static (int Value, int End)? Digits(ReadOnlySpan<char> text, int start, int most)
    {
        var (value, end) = (0, start);
        while (end < text.Length && end - start <= most && char.IsAsciiDigit(text[end]))
        {
            value = (value * 10) + text[end++] - '0';
        }

        return end > start && end - start <= most ? (value, end) : null;
    }

    private static int? MonthOf(ReadOnlySpan<char> word)
    {
        if (word.Length is < 3 or > LongestMonth)
        {
            return null;
        }

        // In lower case these are other words.
        if (word is "may" or "march" or "mar")
        {
            return null;
        }

        Span<char> lower = stackalloc char[LongestMonth];
        return lower[..word.ToLowerInvariant(lower)] switch
        {
            "january" or "jan" or "januar" or "janvier" or "enero" or "gennaio" => 1,
            "february" or "feb" or "februar" or "février" or "febrero" or "febbraio" => 2,
            "march" or "mar" or "märz" or "mars" or "marzo" => 3,
            "april" or "apr" or "avril" or "abril" or "aprile" => 4,
            "may" or "mai" or "mayo" or "maggio" => 5,
            "june" or "jun" or "juni" or "juin" or "junio" or "giugno" => 6,
            "july" or "jul" or "juli" or "juillet" or "julio" or "luglio" => 7,
            "august" or "aug" or "août" or "agosto" => 8,
            "september" or "sep" or "sept" or "septembre" or "septiembre" or "settembre" => 9,
            "october" or "oct" or "oktober" or "octobre" or "octubre" or "ottobre" => 10,
            "november" or "nov" or "novembre" or "noviembre" => 11,
            "december" or "dec" or "dezember" or "décembre" or "diciembre" or "dicembre" => 12,
            _ => null,
        };
    }
}
