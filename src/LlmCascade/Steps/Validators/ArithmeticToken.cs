namespace LlmCascade.Steps.Validators;

/// <summary>What a piece of a text is to somebody who looks for equations.</summary>
internal enum ArithmeticKind
{
    /// <summary>The end of a clause, or of the text: no equation goes across it.</summary>
    Break,
    Number,

    /// <summary>Stands for a value that is not known, such as that of a variable.</summary>
    Unknown,
    Word,
    Plus,
    Minus,
    Times,
    Divide,
    Power,
    Fraction,
    Open,
    Close,
    Equal,

    /// <summary>Claims no more than to be near.</summary>
    NearlyEqual,
}

/// <summary>A piece of a text that may be part of an equation.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct ArithmeticToken(ArithmeticKind Kind, int Start, int End)
{
    /// <summary>Gets the value of a number as it is written, without its sign.</summary>
    public decimal Value { get; init; }

    /// <summary>Gets how many decimals a number is written with.</summary>
    public int Decimals { get; init; }

    public bool IsPercent { get; init; }

    /// <summary>Gets whether a sign of a currency stands before a number.</summary>
    public bool IsMoney { get; init; }

    public bool IsOperator => Kind is ArithmeticKind.Plus or ArithmeticKind.Minus or ArithmeticKind.Times or ArithmeticKind.Divide or ArithmeticKind.Power;

    public bool IsEqual => Kind is ArithmeticKind.Equal or ArithmeticKind.NearlyEqual;
}
