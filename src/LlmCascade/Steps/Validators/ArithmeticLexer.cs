namespace LlmCascade.Steps.Validators;

/// <summary>Cuts a text into the pieces that equations consist of.</summary>
internal ref partial struct ArithmeticLexer(ReadOnlySpan<char> text)
{
    private const int LongestRemark = 60;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly List<ArithmeticToken> _tokens = [new(ArithmeticKind.Break, 0, 0)];
    private int _place;

    private readonly ArithmeticKind Last => _tokens[^1].Kind;

    private readonly char Current => At(_place);

    /// <summary>Cuts a text; the first and the last piece are breaks.</summary>
    public static List<ArithmeticToken> Read(ReadOnlySpan<char> text)
    {
        var lexer = new ArithmeticLexer(text);
        while (lexer._place < text.Length)
        {
            lexer.ReadNext();
        }

        lexer.Add(ArithmeticKind.Break, 0);
        return lexer._tokens;
    }

    private void ReadNext()
    {
        var character = Current;
        if (char.IsAsciiDigit(character) || (character == '.' && char.IsAsciiDigit(At(_place + 1)) && !char.IsAsciiLetterOrDigit(At(_place - 1))))
        {
            ReadNumber();
        }
        else if (char.IsLetter(character))
        {
            ReadWord();
        }
        else if (character == '\\')
        {
            ReadCommand();
        }
        else
        {
            ReadSign(character);
        }
    }

    private void ReadSign(char character)
    {
        switch (character)
        {
            case ' ' or '\t' or '\u00A0' or '\u202F' or '\u2009' or '$' or '€' or '£' or '&' or '"' or '“' or '”' or '\'' or '’' or '`' or '_':
                _place++;
                break;
            case '+':
                AddOperator(ArithmeticKind.Plus);
                break;
            case '-' or '−' or '–':
                ReadMinus();
                break;
            case '*':
                ReadStar();
                break;
            case '×' or '·' or '⋅' or '∙':
                Add(ArithmeticKind.Times, 1);
                break;
            case '÷' or '∕' or '⁄':
                Add(ArithmeticKind.Divide, 1);
                break;
            case '/':
                ReadSlash();
                break;
            case '^':
                Add(ArithmeticKind.Power, 1);
                break;
            case '(' or '[' or '{':
                ReadOpen();
                break;
            case ')' or ']' or '}':
                Add(ArithmeticKind.Close, 1);
                break;
            case '=':
                ReadEqual();
                break;
            case '≈' or '≅' or '≃':
                Add(ArithmeticKind.NearlyEqual, 1);
                break;
            case '~' when At(_place + 1) == '=':
                Add(ArithmeticKind.NearlyEqual, 2);
                break;
            case '~' or '¢':
                Add(ArithmeticKind.Word, 1);
                break;
            case '!' when Last == ArithmeticKind.Number && _tokens[^1].End == _place && AfterBlanks(_place + 1) is '=' or '+' or '-' or '*' or '/':
                Add(ArithmeticKind.Unknown, 1);
                break;
            case '!' when At(_place + 1) == '=':
                Add(ArithmeticKind.Break, 2);
                break;
            case '.' when IsAbbreviation():
                _place++;
                break;
            case '.' or ',' or ';' or ':' or '!' or '?' or '\n' or '\r' or '…' or '—' or '<' or '>' or '≠' or '≤' or '≥' or '→' or '。' or '，' or '；' or '：' or '！' or '？' or '、':
                Add(ArithmeticKind.Break, 1);
                break;
            default:
                Add(ArithmeticKind.Unknown, 1);
                break;
        }
    }

    private void ReadWord()
    {
        var start = _place;
        if (Current is 'x' or 'X' && Last is ArithmeticKind.Number or ArithmeticKind.Close or ArithmeticKind.Word && BeginsOperand(start + 1))
        {
            Add(ArithmeticKind.Times, 1);
            return;
        }

        while (char.IsLetterOrDigit(Current) || (Current is '_' or '\'' or '’' && char.IsLetterOrDigit(At(_place + 1)))
            || (Current == '-' && char.IsLetter(At(_place + 1))))
        {
            _place++;
        }

        var word = _text[start.._place];
        var length = word.Length;
        _place = start;
        if (PhraseAt(start) is var (kind, phrase))
        {
            Add(kind, phrase);
        }
        else if (word is "percent" && Last == ArithmeticKind.Number)
        {
            _tokens[^1] = _tokens[^1] with { IsPercent = true, End = start + length };
            _place += length;
        }
        else
        {
            AddWord(word);
        }
    }

    private void AddWord(ReadOnlySpan<char> word)
    {
        var behind = _place + word.Length;

        // egg(s)
        if (_text[behind..].StartsWith("(s)", StringComparison.OrdinalIgnoreCase) || _text[behind..].StartsWith("(es)", StringComparison.OrdinalIgnoreCase))
        {
            var close = behind + _text[behind..].IndexOf(')') + 1;
            Add(ArithmeticKind.Word, close - _place);
            return;
        }

        var isVariable = word.Length == 1 && word is [< '\u0400'] && word is not ("a" or "I");
        var isUnknown = isVariable || word.ContainsAnyInRange('0', '9') || At(behind) == '(' || ArithmeticWords.IsFunction(word);
        Add(isUnknown ? ArithmeticKind.Unknown : ArithmeticKind.Word, word.Length);
    }

    // Operators in words count before an operand only: 3 times a day is no product.
    private readonly (ArithmeticKind Kind, int Length)? PhraseAt(int place)
    {
        foreach (var (phrase, kind) in _phrases)
        {
            var end = place + phrase.Length;
            if (_text[place..].StartsWith(phrase, StringComparison.OrdinalIgnoreCase) && !char.IsLetterOrDigit(At(end)) && BeginsOperand(end))
            {
                return (kind, phrase.Length);
            }
        }

        return null;
    }

    private void ReadMinus()
    {
        var next = At(_place + 1);
        if (next is '>' or '-')
        {
            Add(ArithmeticKind.Break, 2);
        }
        else if (Current == '-' && char.IsAsciiDigit(At(_place - 1)) && char.IsLetter(next) && char.IsLetter(At(_place + 2)))
        {
            // A 5-pound bag.
            _place++;
        }
        else
        {
            AddOperator(ArithmeticKind.Minus);
        }
    }

    // At the beginning of a line it may mark an item of a list.
    private void AddOperator(ArithmeticKind kind) => Add(IsBullet() ? ArithmeticKind.Break : kind, 1);

    private void ReadStar()
    {
        var run = _text[_place..].IndexOfAnyExcept('*');
        run = run < 0 ? _text.Length - _place : run;
        var (before, behind) = (At(_place - 1), At(_place + run));
        if (run > 1)
        {
            if (char.IsAsciiDigit(before) && char.IsAsciiDigit(behind))
            {
                Add(ArithmeticKind.Unknown, run);
            }
            else
            {
                _place += run;
            }
        }
        else if (IsBullet())
        {
            Add(ArithmeticKind.Break, 1);
        }
        else
        {
            var isBehindOperand = Last is ArithmeticKind.Number or ArithmeticKind.Close;
            var opensEmphasis = char.IsWhiteSpace(before) && !char.IsWhiteSpace(behind) && !(isBehindOperand && BeginsOperand(_place + 1));
            var closesEmphasis = !BeginsOperand(_place + 1) && !char.IsLetter(AfterBlanks(_place + 1));
            if (opensEmphasis || closesEmphasis)
            {
                _place++;
            }
            else
            {
                Add(ArithmeticKind.Times, 1);
            }
        }
    }

    // $10/hour and meters/sprint are units, 10/2 and total/2 are not.
    private void ReadSlash()
    {
        var isUnit = char.IsLetter(AfterBlanks(_place + 1)) && Last is ArithmeticKind.Number or ArithmeticKind.Word;
        if (!isUnit)
        {
            Add(ArithmeticKind.Divide, 1);
            return;
        }

        var isBehindLetter = char.IsLetter(At(_place - 1));
        _place++;
        if (isBehindLetter && char.IsLetter(Current) && !char.IsLetter(At(_place + 1)))
        {
            Add(ArithmeticKind.Word, 1);
        }
    }

    private void ReadEqual()
    {
        switch (At(_place + 1))
        {
            case '>' or '<':
                Add(ArithmeticKind.Break, 2);
                break;
            case '=':
                Add(ArithmeticKind.Equal, 2);
                break;
            default:
                Add(At(_place - 1) is '<' or '>' or '+' or '*' or '/' ? ArithmeticKind.Break : ArithmeticKind.Equal, 1);
                break;
        }
    }

    // Brackets around words alone are a remark, whose words count and whose brackets do not.
    private void ReadOpen()
    {
        var remark = _text[(_place + 1)..Math.Min(_text.Length, _place + 1 + LongestRemark)];
        var close = remark.IndexOfAny(")]}");
        var isRemark = close >= 0 && !remark[..close].ContainsAnyInRange('0', '9') && remark[..close].IndexOfAny("([{\n=") < 0;
        if (!isRemark)
        {
            Add(ArithmeticKind.Open, 1);
            return;
        }

        var end = _place + 1 + close;
        _place++;
        while (_place < end)
        {
            if (char.IsLetter(Current))
            {
                ReadWord();
            }
            else
            {
                _place++;
            }
        }

        _place = Math.Max(_place, end + 1);
    }

    private void Add(ArithmeticKind kind, int length)
    {
        _tokens.Add(new(kind, _place, Math.Min(_place + length, _text.Length)));
        _place += length;
    }

    private readonly bool IsBullet()
    {
        if (!char.IsWhiteSpace(At(_place + 1)))
        {
            return false;
        }

        var before = _text[.._place].TrimEnd(' ');
        return before.IsEmpty || before[^1] == '\n';
    }

    // The point of "12 oz. + 4 oz." ends no sentence.
    private readonly bool IsAbbreviation() =>
        Last == ArithmeticKind.Word && _tokens[^1].End == _place && AfterBlanks(_place + 1) is '+' or '-' or '−' or '*' or '×' or '/' or '÷' or '=' or ')';

    private readonly bool BeginsOperand(int place)
    {
        place = SkipBlanks(place);
        var character = At(place);
        return char.IsAsciiDigit(character) || character is '(' or '[' or '$' or '€' or '£'
            || (character is '-' or '.' && char.IsAsciiDigit(At(place + 1)))
            || (character == '\\' && (At(place + 1) is '$' or '(' || _text[place..].StartsWith(@"\frac") || _text[place..].StartsWith(@"\dfrac")));
    }

    private readonly char AfterBlanks(int place) => At(SkipBlanks(place));

    private readonly int SkipBlanks(int place)
    {
        while (At(place) is ' ' or '\t' or '\u00A0')
        {
            place++;
        }

        return place;
    }

    private readonly char At(int place) => (uint)place < (uint)_text.Length ? _text[place] : '\0';
}
