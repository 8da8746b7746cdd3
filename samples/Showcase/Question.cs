using System.Text.RegularExpressions;

namespace Showcase;

/// <summary>A question with its right answer, and with what the scripted models say to it.</summary>
/// <param name="Text">The question.</param>
/// <param name="Answer">The right answer.</param>
/// <param name="Small">The small model's answer.</param>
/// <param name="Certainty">The probability that the small model gives to each of its tokens.</param>
/// <param name="Expert">The expert's answer.</param>
internal sealed record Question(string Text, string Answer, string Small, double Certainty, string Expert)
{
    /// <summary>Gets all questions. The scripted models err as real ones do: the small one sometimes surely, the expert seldom.</summary>
    public static IReadOnlyList<Question> All { get; } =
    [
        new("What is the capital of France?", "Paris", "Paris", 0.98, "Paris"),
        new("What is 7 plus 5?", "12", "12", 0.97, "12"),
        new("Which planet is known as the red planet?", "Mars", "Mars", 0.96, "Mars"),
        new("What is 17 times 23?", "391", "381", 0.41, "391"),
        new("Which gas do plants take in for photosynthesis: oxygen or carbon dioxide?", "carbon dioxide", "Carbon dioxide", 0.93, "Carbon dioxide"),
        new("Is 91 a prime number? Answer yes or no.", "no", "Yes", 0.86, "No"),
        new("What is the chemical symbol of gold?", "Au", "Au", 0.99, "Au"),
        new("In which year did the Peace of Westphalia end the Thirty Years' War?", "1648", "1658", 0.52, "1648"),
        new("What is the opposite of hot?", "cold", "Cold", 0.97, "Cold"),
        new("How many letters r are in strawberry?", "3", "2", 0.63, "2"),
        new("What is the largest ocean?", "Pacific", "Pacific", 0.95, "Pacific"),
        new("How many minutes are in two hours?", "120", "120", 0.71, "120"),
    ];

    /// <summary>Whether a text holds the right answer, whatever stands around it.</summary>
    public bool IsAnsweredBy(string? text) =>
        text is not null && Regex.IsMatch(text, $@"\b{Regex.Escape(Answer)}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
