namespace LlmCascade.Steps.Validators;

/// <summary>Notices that an equation speaks of several units of one family, such as hours and minutes.</summary>
internal struct UnitMix
{
    // How many of one unit usually make another.
    private static readonly double[] _factors =
    [
        2, 3, 4, 5, 7, 8, 10, 12, 16, 20, 24, 25, 28, 30, 31, 36, 48, 52, 60, 100, 120, 128, 144, 168, 365, 1000, 1024, 1440, 1760, 2000, 3600, 5280, 10_000, 100_000, 1_000_000,
    ];

    private List<(int Family, int Unit)>? _units;
    private bool _isMixed;
    private bool _adds;

    public void Add(in ArithmeticToken token, ReadOnlySpan<char> text)
    {
        _adds |= token.Kind is ArithmeticKind.Plus or ArithmeticKind.Minus;
        if (token.IsMoney)
        {
            Add(ArithmeticWords.Money);
        }
        else if (token.Kind == ArithmeticKind.Word && ArithmeticWords.UnitOf(text[token.Start..token.End]) is { } unit)
        {
            Add(unit);
        }
    }

    /// <summary>Tells whether that may be why a value is not the claimed one.</summary>
    public readonly bool Explains(decimal value, decimal claimed)
    {
        if (!_isMixed || _adds || claimed == 0 || value == 0)
        {
            return _isMixed;
        }

        var ratio = Math.Abs((double)value / (double)claimed);
        foreach (var factor in _factors)
        {
            if (IsNear(ratio, factor) || IsNear(1 / ratio, factor))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNear(double ratio, double factor) => Math.Abs(ratio - factor) < 0.02 * factor;

    private void Add((int Family, int Unit) unit)
    {
        _units ??= [];
        foreach (var other in _units)
        {
            _isMixed |= other.Family == unit.Family && other.Unit != unit.Unit;
        }

        if (_units.Count < 16)
        {
            _units.Add(unit);
        }
    }
}
