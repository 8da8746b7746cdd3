using System.Collections.Frozen;

namespace LlmCascade.Steps.Validators;

/// <summary>The words that matter to an equation.</summary>
internal static class ArithmeticWords
{
    // Words that change a number in a way that nothing else shows: an equation with one of them is not called wrong.
    private static readonly FrozenSet<string> _vague = Set(
        "half halves third thirds quarter quarters fifth double doubled twice thrice triple tripled per every each of by than less more another remainder rem remaining"
        + " rounded rounding rounds round nearest hundred hundreds thousand thousands million millions billion billions trillion k dozen dozens tens pair pairs gross score"
        + " squared cubed factorial mod modulo degrees or to one two three four five six seven eight nine ten eleven twelve");

    // Behind what is claimed these say that it is no plain result.
    private static readonly FrozenSet<string> _vagueBehind = Set(
        "half halves quarter quarters remainder rem rounded rounding rounds round nearest hundred hundreds thousand thousands million millions billion billions"
        + " trillion k dozen dozens tens pair pairs gross squared cubed or");

    // Of "3 because James + 1" the operator has another operand than the 3.
    private static readonly FrozenSet<string> _clauses = Set(
        "because since so if when while then that which who and but is are was were be has have had makes make gives means equals therefore thus where");

    private static readonly FrozenSet<string> _pointers = Set(
        "the a this that these those his her their its my our your all remaining total original initial first last previous rest left over whole full entire number amount cost price sum of");

    private static readonly FrozenSet<string> _near = Set("approximately about around roughly nearly almost approx circa ~");

    private static readonly FrozenSet<string> _functions = Set("sin cos tan log ln exp sqrt root mod modulo gcd lcm max min pi factorial");

    // Units that are converted into one another, each with its family.
    private static readonly FrozenDictionary<string, (int Family, int Unit)> _units = Units(
        "second seconds sec secs|minute minutes min mins|hour hours hr hrs|day days|week weeks wk wks|month months|year years yr yrs|decade decades",
        "mm millimeter millimeters|cm centimeter centimeters|meter meters metre metres|km kilometer kilometers|inch inches|foot feet ft|yard yards yd yds|mile miles mi",
        "mg milligram milligrams|gram grams gm|kg kilogram kilograms|ounce ounces oz|pound pounds lb lbs|ton tons",
        "ml milliliter milliliters|liter liters litre litres|teaspoon teaspoons tsp|tablespoon tablespoons tbsp|cup cups|pint pints|quart quarts|gallon gallons",
        "$ dollar dollars|cent cents ¢|penny pennies|nickel nickels|dime dimes",
        "bit bits|byte bytes|kb|mb megabyte megabytes|gb gigabyte gigabytes|tb terabyte terabytes");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _vagueSpans = _vague.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _vagueBehindSpans = _vagueBehind.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _clauseSpans = _clauses.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _pointerSpans = _pointers.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _nearSpans = _near.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _functionSpans = _functions.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, (int Family, int Unit)>.AlternateLookup<ReadOnlySpan<char>> _unitSpans = _units.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Gets the unit that the sign of a currency stands for.</summary>
    public static (int Family, int Unit) Money { get; } = _units["$"];

    /// <summary>Tells whether a number behind the word, or between it and another number, may mean something else than is written.</summary>
    public static bool IsVague(ReadOnlySpan<char> word) => _vagueSpans.Contains(word);

    public static bool IsVagueBehind(ReadOnlySpan<char> word) => _vagueBehindSpans.Contains(word);

    /// <summary>Tells whether what follows the word says something else than what stands before it.</summary>
    public static bool BeginsClause(ReadOnlySpan<char> word) => _clauseSpans.Contains(word);

    /// <summary>Tells whether the word may stand between a share and the number that it is a share of.</summary>
    public static bool PointsOut(ReadOnlySpan<char> word) => _pointerSpans.Contains(word);

    public static bool IsNear(ReadOnlySpan<char> word) => _nearSpans.Contains(word);

    public static bool IsFunction(ReadOnlySpan<char> word) => _functionSpans.Contains(word);

    public static (int Family, int Unit)? UnitOf(ReadOnlySpan<char> word) => _unitSpans.TryGetValue(word, out var unit) ? unit : null;

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static FrozenDictionary<string, (int Family, int Unit)> Units(params ReadOnlySpan<string> families)
    {
        Dictionary<string, (int, int)> units = new(StringComparer.OrdinalIgnoreCase);
        for (var family = 0; family < families.Length; family++)
        {
            var names = families[family].Split('|');
            for (var unit = 0; unit < names.Length; unit++)
            {
                foreach (var name in names[unit].Split(' '))
                {
                    units.Add(name, (family, unit));
                }
            }
        }

        return units.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
