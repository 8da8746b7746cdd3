namespace LlmCascade.Steps.Validators;

/// <summary>What one side of an equation says; immutable.</summary>
internal abstract record Expression
{
    private const double Largest = 7.9e27;

    /// <summary>Gets the expression whose value nobody knows.</summary>
    public static Expression Unknown { get; } = new Variable();

    /// <summary>Gets whether there is something to compute.</summary>
    public virtual bool Computes => false;

    /// <summary>Computes the value.</summary>
    /// <param name="percents">What a number with a percent sign stands for.</param>
    /// <returns><see langword="null"/> where it is unknown or too large, and where something is divided by zero.</returns>
    public abstract decimal? Evaluate(PercentReading percents);

    internal sealed record Number(ArithmeticToken Token) : Expression
    {
        public override decimal? Evaluate(PercentReading percents) =>
            Token.IsPercent && percents != PercentReading.Plain ? Token.Value / 100 : Token.Value;
    }

    internal sealed record Negative(Expression Operand) : Expression
    {
        public override bool Computes => Operand.Computes;

        public override decimal? Evaluate(PercentReading percents) => -Operand.Evaluate(percents);
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

    private sealed record Variable : Expression
    {
        public override decimal? Evaluate(PercentReading percents) => null;
    }
}
