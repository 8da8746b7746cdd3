using System.Text;
using LlmCascade.Calibration;

namespace LlmCascade.Benchmarks;

/// <summary>A stream of texts with labels, the same whenever it is made: made-up words that are as unequally frequent as those of a language.</summary>
internal static class GeneratedTexts
{
    private const int Items = 3000;
    private const int WordsInText = 30;
    private const int Vocabulary = 20_000;

    // The share of words that tell the label. More would be learned too soon, less not at all.
    private const double Telling = 0.1;

    /// <summary>Writes two files of one item a line, a label and a text with a TAB between: one of two labels, one of seven.</summary>
    public static void Write(string folder)
    {
        foreach (var (name, labels) in new[] { ("two-labels", 2), ("seven-labels", 7) })
        {
            var random = new SplitMix((ulong)labels);
            File.WriteAllLines(Path.Combine(folder, name), Enumerable.Range(0, Items).Select(_ => MakeItem(labels, random)));
        }
    }

    /// <summary>Makes one item: a label and a text with a TAB between.</summary>
    public static string MakeItem(int labels, SplitMix random)
    {
        var label = (int)(random.NextDouble() * labels);
        var line = new StringBuilder().Append('c').Append(label);
        for (var i = 0; i < WordsInText; i++)
        {
            var word = DrawWord(random);
            if (random.NextDouble() < Telling)
            {
                // A word that is about as frequent and belongs to the label.
                word = Math.Min(word - (word % labels) + label, Vocabulary - 1);
            }

            AppendWord(line.Append(i == 0 ? '\t' : ' '), word);
        }

        return line.ToString();
    }

    // Zipf's law, made continuous: the rank is log-uniform.
    private static int DrawWord(SplitMix random) => (int)Math.Pow(Vocabulary, random.NextDouble()) - 1;

    // Every word has its own row of syllables, and rare ones are longer.
    private static void AppendWord(StringBuilder line, int word)
    {
        const string Consonants = "bdfgklmnprstvz";
        const string Vowels = "aeiou";
        for (var rest = word + Vocabulary / 100; rest > 0; rest /= Consonants.Length * Vowels.Length)
        {
            var syllable = rest % (Consonants.Length * Vowels.Length);
            line.Append(Consonants[syllable / Vowels.Length]).Append(Vowels[syllable % Vowels.Length]);
        }
    }
}
