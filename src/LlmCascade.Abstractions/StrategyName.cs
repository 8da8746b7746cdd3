using System.Text;

namespace LlmCascade;

/// <summary>Checks what strategies are known by, and brings texts into the form in which they are stored.</summary>
internal static class StrategyName
{
    public const int Longest = 200;

    // Names are compared as they are and stored as UTF-8, which has nothing for half a character: two of them would become one.
    public static void Check(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        if (name.Length > Longest)
        {
            throw new ArgumentException($"It has {name.Length} characters, and {Longest} are allowed.", parameter);
        }

        if (!IsProper(name))
        {
            throw new ArgumentException("It is no proper Unicode.", parameter);
        }
    }

    /// <summary>Replaces half characters, of which nothing is left in a file.</summary>
    public static string Proper(string text) => IsProper(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool IsProper(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
