using System.CommandLine.Parsing;
using System.Globalization;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>Reads the values of flags, the same in every culture.</summary>
internal static class FlagValues
{
    public static string[] Words(ArgumentResult result) => result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);

    public static int? Count(ArgumentResult result) =>
        Parse<int?>(result, text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture));

    public static ulong Seed(ArgumentResult result) =>
        Parse(result, text => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture));

    public static double? Number(ArgumentResult result) =>
        Parse<double?>(result, text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    public static Dictionary<string, double>? Numbers(ArgumentResult result)
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var word in Words(result))
        {
            // A name may hold the sign itself.
            var sign = word.LastIndexOf('=');
            if (sign <= 0 || !double.TryParse(word[(sign + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                result.AddError($"{NameOf(result)} takes names with numbers, such as A=6, and not '{word}'.");
                return null;
            }

            if (!numbers.TryAdd(word[..sign], number))
            {
                result.AddError($"{NameOf(result)} names '{word[..sign]}' twice.");
                return null;
            }
        }

        return numbers;
    }

    public static MemberSwap? Swap(ArgumentResult result)
    {
        if (result.Tokens[0].Value.Split('=', StringSplitOptions.TrimEntries) is [{ Length: > 0 } member, { Length: > 0 } replacement])
        {
            return new MemberSwap(member, replacement);
        }

        result.AddError($"{NameOf(result)} takes a member and its replacement, such as A=X, and not '{result.Tokens[0].Value}'.");
        return null;
    }

    public static ReplayBudget? Budget(ArgumentResult result)
    {
        try
        {
            return ReplayBudget.Parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }

    public static ReplayMode[] Modes(ArgumentResult result)
    {
        ReplayMode[] modes = [.. Words(result).Select(word => OneOf<ReplayMode>(result, word))];
        if (modes.Distinct().Count() < modes.Length)
        {
            result.AddError("--mode names a mode twice.");
        }

        return modes;
    }

    public static T OneOf<T>(ArgumentResult result, string word)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        if (Array.IndexOf(names, word) is >= 0 and var place)
        {
            return Enum.GetValues<T>()[place];
        }

        result.AddError($"{NameOf(result)} is one of {string.Join(", ", names)}, and not '{word}'.");
        return default;
    }

    private static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            result.AddError($"{NameOf(result)} takes a number, and not '{result.Tokens[0].Value}'.");
            return default;
        }
    }

    private static string NameOf(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
