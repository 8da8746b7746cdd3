using System.Text.RegularExpressions;

namespace Showcase;

/// <summary>A question with its right answer, and with what the scripted models say to it.</summary>
internal sealed record Question(string Text, string Answer, string Small, string Expert)
{
    /// <summary>Gets all questions. The scripted models err as real ones do: the small one sometimes surely, the expert seldom.</summary>
    public static IReadOnlyList<Question> All { get; } =
    [
        new("What is the capital of France?", "Paris", "Paris", "Paris"),
        new("What is 7 plus 5?", "12", "12", "12"),
        new("Which planet is known as the red planet?", "Mars", "Mars", "Mars"),
        new("What is 17 times 23?", "391", "UNSURE", "391"),
        new("Which gas do plants take in for photosynthesis: oxygen or carbon dioxide?", "carbon dioxide", "Carbon dioxide", "Carbon dioxide"),
        new("Is 91 a prime number? Answer yes or no.", "no", "Yes", "No"),
        new("What is the chemical symbol of gold?", "Au", "Au", "Au"),
        new("In which year did the Peace of Westphalia end the Thirty Years' War?", "1648", "UNSURE", "1648"),
        new("What is the opposite of hot?", "cold", "Cold", "Cold"),
        new("How many letters r are in strawberry?", "3", "UNSURE", "2"),
        new("What is the largest ocean?", "Pacific", "Pacific", "Pacific"),
        new("How many minutes are in two hours?", "120", "120", "120"),
    ];

    /// <summary>Whether a text holds the right answer, whatever stands around it.</summary>
    public bool IsAnsweredBy(string? text) =>
        text is not null && Regex.IsMatch(text, $@"\b{Regex.Escape(Answer)}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
