namespace LlmCascade.Steps.Validators;

/// <summary>What 20% may stand for.</summary>
internal enum PercentReading
{
    /// <summary>0.2.</summary>
    Fraction,

    /// <summary>20, as in 10 / 50 * 100 = 20%.</summary>
    Plain,

    /// <summary>0.2 of what it is added to or taken from, as in 50 + 20% = 60.</summary>
    OfWhatStandsBefore,
}
