namespace LlmCascade.Agreement.Measures;

/// <summary>A text without the words that deny it.</summary>
/// <param name="Words">The other words, lower-cased, in the order of their characters.</param>
/// <param name="IsDenied">Whether an odd number of words denies it.</param>
internal sealed record Statement(List<string> Words, bool IsDenied)
{
    private static readonly HashSet<string> _negations = new(StringComparer.Ordinal)
    {
        "not", "never", "no", "none", "cannot", "without", "neither", "nor", "nothing", "nobody", "nowhere",
        "nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "nichts", "ohne",
        "pas", "jamais", "non", "nunca", "不", "没", "沒", "未", "无", "無", "非",
    };

    // What remains of "isn't" and the like, without what only carries the negation.
    private static readonly Dictionary<string, string> _contracted = new(StringComparer.Ordinal)
    {
        ["isn"] = "is",
        ["aren"] = "are",
        ["wasn"] = "was",
        ["weren"] = "were",
        ["don"] = "",
        ["doesn"] = "",
        ["didn"] = "",
        ["won"] = "will",
        ["wouldn"] = "would",
        ["can"] = "can",
        ["couldn"] = "could",
        ["shouldn"] = "should",
        ["haven"] = "have",
        ["hasn"] = "has",
        ["hadn"] = "had",
        ["needn"] = "need",
        ["mustn"] = "must",
        ["mightn"] = "might",
        ["ain"] = "is",
        ["shan"] = "shall",
    };

    // What an answer begins with says yes or no by itself; what follows says it again.
    private static readonly HashSet<string> _openings = new(StringComparer.Ordinal)
    {
        "yes", "yeah", "yep", "yup", "ja", "jawohl", "oui", "sí", "sì", "no", "nope", "nein", "non",
    };

    private static readonly string[] _endings = ["ません", "ない"];

    public static Statement Of(string text)
    {
        var words = Read(text);
        List<string> others = [];
        var isDenied = false;
        for (var i = words.Count > 1 && _openings.Contains(words[0]) && Polarity.Of(text) != 0 ? 1 : 0; i < words.Count; i++)
        {
            var next = i + 1 < words.Count ? words[i + 1] : "";
            if (next == "t" && _contracted.TryGetValue(words[i], out var rest))
            {
                isDenied = !isDenied;
                others.Add(rest);
                i++;
            }
            else if (_negations.Contains(words[i]))
            {
                // "neither … nor" denies once, and so does "no … nor".
                isDenied ^= words[i] != "nor" || !isDenied;
                others.Add(words[i] == "cannot" ? "can" : "");
            }
            else if (next == "not" && words[i] is "do" or "does" or "did")
            {
                continue;
            }
            else if (words[i] is not ("ne" or "n"))
            {
                others.Add(words[i]);
            }
        }

        foreach (var ending in _endings)
        {
            if (EndsWith(others, ending))
            {
                others.RemoveRange(others.Count - ending.Length, ending.Length);
                isDenied = !isDenied;
                break;
            }
        }

        others.RemoveAll(static word => word.Length == 0);
        others.Sort(string.CompareOrdinal);
        return new(others, isDenied);
    }

    private static List<string> Read(string text)
    {
        List<string> words = [];
        var reader = new WordReader(text);
        while (reader.MoveNext())
        {
            words.Add(reader.Word.ToString().ToLowerInvariant());
        }

        return words;
    }

    private static bool EndsWith(List<string> words, string ending)
    {
        for (var i = 1; i <= ending.Length; i++)
        {
            if (words.Count < i || words[^i].Length != 1 || words[^i][0] != ending[^i])
            {
                return false;
            }
        }

        return true;
    }
}
