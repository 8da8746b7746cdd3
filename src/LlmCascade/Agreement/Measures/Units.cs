using System.Collections.Frozen;

namespace LlmCascade.Agreement.Measures;

/// <summary>A unit: what it is of, and how to convert it.</summary>
/// <param name="Kind">What it is of; <see cref="QuantityKind.Number"/> for words as "million".</param>
/// <param name="Factor">How many of the unit that the kind is compared in.</param>
/// <param name="Offset">What is added to the number before.</param>
/// <param name="IsCustomary">Whether people round when they convert it.</param>
internal readonly record struct Unit(QuantityKind Kind, decimal Factor, decimal Offset = 0, bool IsCustomary = false);

/// <summary>The units that are known. Whatever else stands behind a number is not part of a quantity.</summary>
internal static class Units
{
    public const int LongestName = 12;

    private static readonly FrozenDictionary<string, Unit>.AlternateLookup<ReadOnlySpan<char>> _units =
        Table().ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Finds a unit by its name or sign, which counts as it is written before it counts in lower case.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, out Unit unit)
    {
        unit = default;
        if (name.Length > LongestName)
        {
            return false;
        }

        Span<char> lower = stackalloc char[LongestName];
        return _units.TryGetValue(name, out unit)
            || (name.Length > 1 && _units.TryGetValue(lower[..name.ToLowerInvariant(lower)], out unit));
    }

    public static QuantityKind? CurrencyOf(char sign) => sign switch
    {
        '$' => QuantityKind.Dollar,
        '€' => QuantityKind.Euro,
        '£' => QuantityKind.Pound,
        '¥' or '￥' => QuantityKind.Yen,
        '₹' => QuantityKind.Rupee,
        _ => null,
    };

    private static Dictionary<string, Unit> Table()
    {
        Dictionary<string, Unit> table = new(StringComparer.Ordinal);
        Add(QuantityKind.Number, (100, "hundred"), (1e3m, "thousand k K tausend 千"), (1e4m, "万 萬"), (1e6m, "million millions mn mio M Millionen"));
        Add(QuantityKind.Number, (1e8m, "亿 億"), (1e9m, "billion billions bn B milliarde milliarden"), (1e12m, "trillion trillions tn"));
        Add(QuantityKind.Percent, (1, "percent pct prozent"));
        Add(QuantityKind.Length, (0.001m, "mm millimeter millimeters millimetre millimetres"), (0.01m, "cm centimeter centimeters centimetre centimetres zentimeter 厘米"));
        Add(QuantityKind.Length, (1, "m meter meters metre metres metern 米"), (1e3m, "km kilometer kilometers kilometre kilometres kilometern 公里 千米"));
        AddCustomary(QuantityKind.Length, (0.0254m, "in inch inches"), (0.3048m, "ft foot feet"), (0.9144m, "yd yard yards"), (1609.344m, "mi mile miles"));
        Add(QuantityKind.Area, (1, "m² m2 sqm"), (1e4m, "ha hectare hectares hektar"), (1e6m, "km² km2"));
        Add(QuantityKind.Mass, (0.001m, "mg milligram milligrams"), (1, "g gram grams gramm 克"), (1e3m, "kg kilo kilos kilogram kilograms kilogramm 公斤 千克"));
        Add(QuantityKind.Mass, (1e6m, "t tonne tonnes tonnen"));
        AddCustomary(QuantityKind.Mass, (28.349523125m, "oz ounce ounces"), (453.59237m, "lb lbs"));
        Add(QuantityKind.Volume, (0.001m, "ml mL milliliter milliliters millilitre millilitres"), (0.01m, "cl"), (1, "l L liter liters litre litres"));
        AddCustomary(QuantityKind.Volume, (3.785411784m, "gal gallon gallons"));
        Add(QuantityKind.Duration, (0.001m, "ms millisecond milliseconds"), (1, "s sec secs second seconds sekunde sekunden 秒"));
        Add(QuantityKind.Duration, (60, "min mins minute minutes minuten 分钟 分鐘"), (3600, "h hr hrs hour hours stunde stunden 小时 小時 時間"));
        Add(QuantityKind.Duration, (86_400, "d day days tag tage tagen 天"), (604_800, "week weeks woche wochen 周 週間"));
        Add(QuantityKind.Months, (1, "month months monat monate monaten 个月 個月"), (12, "yr yrs year years jahr jahre jahren"));
        Add(QuantityKind.Data, (0.125m, "bit bits"), (125_000, "Mb Mbit"), (125_000_000, "Gb Gbit"), (1, "byte bytes"), (1e3m, "kb kilobyte kilobytes"));
        Add(QuantityKind.Data, (1e6m, "mb megabyte megabytes"), (1e9m, "gb gigabyte gigabytes"), (1e12m, "tb terabyte terabytes"));
        Add(QuantityKind.Data, (1_024, "kib"), (1_048_576, "mib"), (1_073_741_824, "gib"), (1_099_511_627_776, "tib"));
        Add(QuantityKind.Speed, (1, "km/h kmh kph"), (3.6m, "m/s"));
        AddCustomary(QuantityKind.Speed, (1.609344m, "mph"));
        Add(QuantityKind.Temperature, (1, "°C celsius"));
        table["°F"] = table["fahrenheit"] = new Unit(QuantityKind.Temperature, 5m / 9, Offset: -32, IsCustomary: true);
        Add(QuantityKind.Dollar, (1, "USD dollar dollars"), (0.01m, "cents"));
        Add(QuantityKind.Euro, (1, "EUR euro euros"));
        Add(QuantityKind.Pound, (1, "GBP sterling"));
        Add(QuantityKind.Yen, (1, "JPY yen 円"));
        Add(QuantityKind.Yuan, (1, "CNY RMB yuan 元"));
        Add(QuantityKind.Rupee, (1, "INR rupee rupees"));
        Add(QuantityKind.Franc, (1, "CHF franken"));
        Add(QuantityKind.CanadianDollar, (1, "CAD"));
        Add(QuantityKind.AustralianDollar, (1, "AUD"));
        return table;

        void Add(QuantityKind kind, params ReadOnlySpan<(decimal Factor, string Names)> units)
        {
            foreach (var (factor, names) in units)
            {
                Array.ForEach(names.Split(' '), name => table.Add(name, new Unit(kind, factor)));
            }
        }

        void AddCustomary(QuantityKind kind, params ReadOnlySpan<(decimal Factor, string Names)> units)
        {
            foreach (var (factor, names) in units)
            {
                Array.ForEach(names.Split(' '), name => table.Add(name, new Unit(kind, factor, IsCustomary: true)));
            }
        }
    }
}
