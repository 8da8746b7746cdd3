using System.Globalization;

namespace SupportDesk;

/// <summary>The questions that customers ask of a department store, made from <c>desk.txt</c>: 60 kinds, eight wordings each.</summary>
/// <remarks>
/// No model can know the answers. In a third of the kinds they depend on a value in the question, which is another one in each wording. Every
/// second kind belongs to the half for tuning, and the others to the half for reporting.
/// </remarks>
internal static class Desk
{
    private const int Smallest = 2;
    private const int Largest = 30;

    // That of the example in each note.
    private const int InExample = 10;

    /// <summary>Makes the questions of a half, in a random order.</summary>
    /// <param name="forTuning">Which half.</param>
    /// <param name="seed">Chooses the values and the order.</param>
    public static Question[] Ask(bool forTuning, int seed)
    {
        var random = new Random(seed);
        var questions = Kinds().Where((_, i) => i % 2 == 0 == forTuning).SelectMany(lines => Ask(lines, random)).ToArray();
        random.Shuffle(questions);
        return questions;
    }

    private static IEnumerable<Question> Ask(string[] lines, Random random)
    {
        var (kind, answer, note) = (lines[0], lines[1]["answer: ".Length..], lines[2]["note: ".Length..]);
        var values = Enumerable.Range(Smallest, Largest - Smallest + 1).Where(value => value != InExample).ToArray();
        random.Shuffle(values);
        return lines[3..].Select((line, i) => new Question(
            kind,
            line[2..].Replace("{x}", values[i].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            AnswerTo(answer, values[i]),
            note,
            line.Contains("{x}", StringComparison.Ordinal)));
    }

    // "4 francs per unit" is "12 francs" for 3.
    private static string AnswerTo(string answer, int value)
    {
        var words = answer.Split(' ');
        return words is [var rate, var unit, "per", "unit"]
            ? string.Create(CultureInfo.InvariantCulture, $"{int.Parse(rate, CultureInfo.InvariantCulture) * value} {unit}")
            : answer;
    }

    private static IEnumerable<string[]> Kinds()
    {
        using var reader = new StreamReader(typeof(Desk).Assembly.GetManifestResourceStream("desk.txt")!);
        return reader.ReadToEnd().Split("# ", StringSplitOptions.RemoveEmptyEntries)
            .Select(kind => kind.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
