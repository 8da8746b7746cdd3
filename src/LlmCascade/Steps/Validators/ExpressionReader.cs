namespace LlmCascade.Steps.Validators;

/// <summary>Reads the expression that begins at a place among the pieces of a text: sums of products of powers of operands.</summary>
/// <remarks>
/// Words behind an operand are its unit, where an operator follows them or the expression ends. What makes no sense, or is too long to be
/// meant, has a value that is not known.
/// </remarks>
internal ref struct ExpressionReader(ReadOnlySpan<char> text, ReadOnlySpan<ArithmeticToken> tokens, int start, WritingHabit habit = WritingHabit.Usual)
{
    private const int MaxDepth = 24;
    private const int MaxOperands = 64;
    private const int MaxUnitWords = 7;
    private const int MaxWordsBehindOf = 3;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly ReadOnlySpan<ArithmeticToken> _tokens = tokens;
    private readonly WritingHabit _habit = habit;
    private int _depth;
    private int _operands;

    /// <summary>Gets the place behind the expression and its units.</summary>
    public int Next { get; private set; } = start;

    /// <summary>Gets where the last operand ends in the text, without its unit.</summary>
    public int End { get; private set; }

    /// <summary>Gets the first operand.</summary>
    public Expression First { get; private set; } = Expression.Unknown;

    /// <summary>Gets where the first operand ends in the text.</summary>
    public int FirstEnd { get; private set; }

    /// <summary>Gets the place of the innermost bracket that does not close; <see langword="null"/> where all do.</summary>
    public int? Unclosed { get; private set; }

    private readonly ArithmeticKind Kind => _tokens[Next].Kind;

    /// <summary>Tells whether "of" stands there between a share and the whole, as in 20% of the remaining 50.</summary>
    public static bool IsShare(ReadOnlySpan<char> text, ReadOnlySpan<ArithmeticToken> tokens, int place)
    {
        if (!IsOf(text, tokens[place]))
        {
            return false;
        }

        for (var i = place + 1; i <= place + 1 + MaxWordsBehindOf && i < tokens.Length; i++)
        {
            var token = tokens[i];
            if (token.Kind != ArithmeticKind.Word || !ArithmeticWords.PointsOut(text[token.Start..token.End]))
            {
                return token.Kind is ArithmeticKind.Number or ArithmeticKind.Open or ArithmeticKind.Fraction;
            }
        }

        return false;
    }

    public static bool IsOf(ReadOnlySpan<char> text, in ArithmeticToken token) =>
        token.Kind == ArithmeticKind.Word && text[token.Start..token.End].Equals("of", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the expression.</summary>
    public Expression Read()
    {
        var sum = ReadProduct();
        while (Kind is ArithmeticKind.Plus or ArithmeticKind.Minus)
        {
            sum = Join(Take().Kind, sum, ReadProduct());
        }

        return sum;
    }

    private Expression ReadProduct()
    {
        var product = ReadFactor();
        while (true)
        {
            var isSum = Kind is ArithmeticKind.Plus or ArithmeticKind.Minus;
            if (Kind is ArithmeticKind.Times or ArithmeticKind.Divide || (isSum && _habit == WritingHabit.FromLeftToRight))
            {
                product = Join(Take().Kind, product, ReadFactor());
            }
            else if (IsShareOf(product))
            {
                while (Kind == ArithmeticKind.Word)
                {
                    Take();
                }

                product = Join(ArithmeticKind.Times, product, ReadFactor());
            }
            else if (TouchesBracket())
            {
                product = Join(ArithmeticKind.Times, product, ReadFactor());
            }
            else
            {
                return product;
            }
        }
    }

    private Expression ReadFactor()
    {
        var isFirst = _operands == 0;
        var factor = ReadPower();
        while (_habit == WritingHabit.FractionsFirst && Kind == ArithmeticKind.Divide && Touches(Next - 1) && Touches(Next))
        {
            factor = Join(Take().Kind, factor, ReadPower());
        }

        if (isFirst)
        {
            (First, FirstEnd) = (factor, End);
        }

        return factor;
    }

    private Expression ReadPower()
    {
        var power = ReadOperand();
        if (Kind == ArithmeticKind.Power)
        {
            Take();
            power = Join(ArithmeticKind.Power, power, ReadOperand());
        }

        return power;
    }

    private Expression ReadOperand()
    {
        _operands++;
        var isNegative = Kind == ArithmeticKind.Minus;
        if (isNegative)
        {
            Take();
        }

        var operand = ReadUnsigned();
        return SkipUnit(isNegative && operand != Expression.Unknown ? new Expression.Negative(operand) : operand);
    }

    private Expression ReadUnsigned() => Kind switch
    {
        ArithmeticKind.Number => ReadNumber(),
        ArithmeticKind.Open => ReadBrackets(),
        ArithmeticKind.Fraction => ReadFraction(),
        ArithmeticKind.Unknown or ArithmeticKind.Word => ReadUnknown(),
        _ => Expression.Unknown,
    };

    private Expression ReadNumber()
    {
        var number = new Expression.Number(Take());

        // 2 1/2 is no product, and 1 000 not two numbers.
        return Kind is ArithmeticKind.Number or ArithmeticKind.Fraction or ArithmeticKind.Unknown ? ReadUnknown() : number;
    }

    private Expression ReadBrackets()
    {
        // Behind a bracket that does not close the reading begins anew.
        if (_depth == MaxDepth || Unclosed is not null)
        {
            Unclosed ??= Next;
            return Expression.Unknown;
        }

        var open = Next;
        Take();
        _depth++;
        var inner = Read();
        _depth--;
        if (Kind != ArithmeticKind.Close)
        {
            Unclosed ??= open;
            return Expression.Unknown;
        }

        Take();
        return inner;
    }

    private Expression ReadFraction()
    {
        Take();
        var numerator = Kind == ArithmeticKind.Open ? ReadBrackets() : Expression.Unknown;
        var denominator = Kind == ArithmeticKind.Open ? ReadBrackets() : Expression.Unknown;
        return Join(ArithmeticKind.Divide, numerator, denominator);
    }

    private Expression ReadUnknown()
    {
        while (Kind is ArithmeticKind.Unknown or ArithmeticKind.Word or ArithmeticKind.Number or ArithmeticKind.Fraction)
        {
            Take();
        }

        return Expression.Unknown;
    }

    // Numbers behind the words begin something else, to which the words may belong.
    private Expression SkipUnit(Expression operand)
    {
        var next = Next;
        var isClause = false;
        while (next - Next < MaxUnitWords && _tokens[next].Kind == ArithmeticKind.Word)
        {
            isClause |= ArithmeticWords.BeginsClause(_text[_tokens[next].Start.._tokens[next].End]);
            next++;
        }

        var token = _tokens[next];
        if (next == Next || !(token.IsOperator || token.IsEqual || token.Kind is ArithmeticKind.Break or ArithmeticKind.Close))
        {
            return operand;
        }

        var isShare = operand is Expression.Number { Token.IsPercent: true } && IsOf(_text, _tokens[Next]);
        Next = next;
        return isShare || (isClause && token.IsOperator) ? Expression.Unknown : operand;
    }

    private readonly bool IsShareOf(Expression product) =>
        product is Expression.Number { Token: { IsPercent: true } or { Value: < 1 } } or Expression.Binary { Operator: ArithmeticKind.Divide }
        && IsShare(_text, _tokens, Next);

    // 2(3 + 4) is a product, and 7 (3 + 4) says where the 7 comes from.
    private readonly bool TouchesBracket() =>
        Kind == ArithmeticKind.Open && _tokens[Next - 1].Kind is ArithmeticKind.Number or ArithmeticKind.Close && Touches(Next - 1);

    private readonly bool Touches(int place) => _tokens[place].End == _tokens[place + 1].Start;

    private readonly Expression Join(ArithmeticKind sign, Expression left, Expression right) =>
        _operands > MaxOperands || left == Expression.Unknown || right == Expression.Unknown
            ? Expression.Unknown
            : new Expression.Binary(sign, left, right);

    private ArithmeticToken Take()
    {
        var token = _tokens[Next];
        if (token.Kind != ArithmeticKind.Break)
        {
            Next++;
        }

        End = token.Kind is ArithmeticKind.Word ? End : token.End;
        return token;
    }
}
