namespace LlmCascade.Steps.Validators;

/// <summary>What one side of an equation says; immutable.</summary>
internal abstract record Expression
{
    private const double Largest = 7.9e27;

    // So that several of them can be added.
    private const double MostSlack = 1e27;

    /// <summary>Gets the expression whose value nobody knows.</summary>
    public static Expression Unknown { get; } = new Variable();

    /// <summary>Gets whether there is something to compute.</summary>
    public virtual bool Computes => false;

    /// <summary>Computes the value.</summary>
    /// <param name="percents">What a number with a percent sign stands for.</param>
    /// <returns><see langword="null"/> where it is unknown or too large, and where something is divided by zero.</returns>
    public abstract decimal? Evaluate(PercentReading percents);

    /// <summary>Computes by how much the value may be off because numbers in it were rounded, or cut off.</summary>
    /// <param name="percents">What a number with a percent sign stands for.</param>
    /// <param name="isRounded">Which numbers may have been: each is off by one in its last place at most.</param>
    public decimal Slack(PercentReading percents, Func<ArithmeticToken, bool> isRounded) => Evaluate(percents) is { } value
        ? (decimal)Math.Min(MostSlack, Nudged(isRounded).Sum(nudged => nudged.Evaluate(percents) is { } other ? Math.Abs((double)(other - value)) : 0))
        : 0;

    /// <summary>Makes as many expressions as it has numbers that may have been rounded, each with one of them moved.</summary>
    protected virtual IEnumerable<Expression> Nudged(Func<ArithmeticToken, bool> isRounded) => [];

    internal sealed record Number(ArithmeticToken Token) : Expression
    {
        protected override IEnumerable<Expression> Nudged(Func<ArithmeticToken, bool> isRounded) => Token.Decimals is > 0 and <= 20 && isRounded(Token)
            ? [new Number(Token with { Value = Token.Value + new decimal(1, 0, 0, isNegative: false, (byte)Token.Decimals) })]
            : [];

        public override decimal? Evaluate(PercentReading percents) =>
            Token.IsPercent && percents != PercentReading.Plain ? Token.Value / 100 : Token.Value;
    }

    internal sealed record Negative(Expression Operand) : Expression
    {
        public override bool Computes => Operand.Computes;

        public override decimal? Evaluate(PercentReading percents) => -Operand.Evaluate(percents);

        protected override IEnumerable<Expression> Nudged(Func<ArithmeticToken, bool> isRounded) => NudgedIn(Operand, isRounded).Select(nudged => new Negative(nudged));
    }

    internal sealed record Binary(ArithmeticKind Operator, Expression Left, Expression Right) : Expression
    {
        private const int LargestPower = 64;

        public override bool Computes => true;

        public override decimal? Evaluate(PercentReading percents)
        {
            if (Left.Evaluate(percents) is not { } left || Right.Evaluate(percents) is not { } right)
            {
                return null;
            }

            if (percents == PercentReading.OfWhatStandsBefore && Right is Number { Token.IsPercent: true } && Operator is ArithmeticKind.Plus or ArithmeticKind.Minus)
            {
                right = Multiplied(left, right) ?? right;
            }

            return Operator switch
            {
                ArithmeticKind.Plus => Added(left, right),
                ArithmeticKind.Minus => Added(left, -right),
                ArithmeticKind.Times => Multiplied(left, right),
                ArithmeticKind.Divide => Divided(left, right),
                _ => Raised(left, right),
            };
        }

        protected override IEnumerable<Expression> Nudged(Func<ArithmeticToken, bool> isRounded) =>
        [
            .. NudgedIn(Left, isRounded).Select(nudged => this with { Left = nudged }),
            .. NudgedIn(Right, isRounded).Select(nudged => this with { Right = nudged }),
        ];

        private static decimal? Added(decimal left, decimal right) =>
            Math.Abs((double)left + (double)right) < Largest ? left + right : null;

        private static decimal? Multiplied(decimal left, decimal right) =>
            Math.Abs((double)left * (double)right) < Largest ? left * right : null;

        private static decimal? Divided(decimal left, decimal right) =>
            right != 0 && Math.Abs((double)left / (double)right) < Largest ? left / right : null;

        private static decimal? Raised(decimal left, decimal right)
        {
            if (right < 0 || right > LargestPower || right != decimal.Truncate(right))
            {
                return null;
            }

            decimal? power = 1;
            for (var i = 0; i < right && power is { } value; i++)
            {
                power = Multiplied(value, left);
            }

            return power;
        }
    }

    private static IEnumerable<Expression> NudgedIn(Expression part, Func<ArithmeticToken, bool> isRounded) => part.Nudged(isRounded);

    private sealed record Variable : Expression
    {
        public override decimal? Evaluate(PercentReading percents) => null;
    }
}
