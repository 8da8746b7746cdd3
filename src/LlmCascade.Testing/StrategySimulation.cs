using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmCascade.Testing;

/// <summary>A simulation, not a measurement: made-up questions of some families, a weak model that strategies help, and an expert.</summary>
/// <remarks>
/// <para>
/// The weak model is right with a probability of 0.35 by itself, of 0.80 where the text it is given holds a strategy of the question's family, and
/// of 0.30 where it holds unrelated ones only. Its answers have eight tokens, whose probabilities are drawn from Beta(8, 2) where it is right and from
/// Beta(4, 3) where it is wrong. A middle model, for cascades of three, is right with 0.60, 0.90 and 0.55. The expert is right with a probability of 0.95, and writes a strategy where it is asked for one.
/// Families are drawn by Zipf's law with exponent 1.
/// </para>
/// <para>
/// Every question has its own draws, so that all runs over one simulation share them, whatever the weak model is shown. It tests directions
/// and accounting; what it says about savings says nothing about yours.
/// </para>
/// </remarks>
[Experimental("LLMC004")]
public sealed partial class StrategySimulation
{
    private const int Families = 40;
    private const double ExpertRight = 0.95;
    private const int Tokens = 8;

    private static readonly Rates _weak = new(Alone: 0.35, WithItsStrategy: 0.80, WithOthers: 0.30);
    private static readonly Rates _middle = new(Alone: 0.60, WithItsStrategy: 0.90, WithOthers: 0.55);

    // So many that words of two families have little in common.
    private static readonly string[] _syllables = [.. from consonant in "bcdfghjklmnpqrstvwxyz" from vowel in "aeiou" select $"{consonant}{vowel}"];

    private readonly Draws[] _draws;

    /// <summary>Makes a simulation.</summary>
    /// <param name="seed">Chooses questions and draws.</param>
    /// <param name="questions">How many questions there are, at least 1.</param>
    /// <param name="familiesRepeat">Whether there are 40 families; otherwise every question has a family of its own, and no strategy can help.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="questions"/> is below 1.</exception>
    public StrategySimulation(int seed, int questions = 2000, bool familiesRepeat = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(questions, 1);
        var random = new Random(seed);
        var ofMiddle = new Random(~seed);
        _draws = [.. Enumerable.Range(0, questions).Select(i => Draw(i, familiesRepeat ? Zipf(random) : Families + i, random, ofMiddle))];
        Questions = [.. _draws.Select(each => each.Question)];
    }

    /// <summary>Gets the questions in their order.</summary>
    public IReadOnlyList<string> Questions { get; }

    /// <summary>Makes the weak model.</summary>
    /// <returns>A chat client that hands out token log-probabilities.</returns>
    public ScriptedChatClient CreateWeakModel() => Create(_weak, draws => draws.Weak);

    /// <summary>Makes the middle model.</summary>
    /// <returns>A chat client that hands out token log-probabilities.</returns>
    public ScriptedChatClient CreateMiddleModel() => Create(_middle, draws => draws.Middle);

    /// <summary>Makes the expert, which also writes strategies.</summary>
    /// <returns>A chat client.</returns>
    public ScriptedChatClient CreateExpert() => new(call =>
    {
        var draws = Find(call.Messages[^1].Text);
        var reply = call.Messages.Count > 1 ? NoteOn(draws.Family) : draws.Expert < ExpertRight ? draws.Right : "mistaken";
        return new ScriptedReply(reply).WithUsage(call.Messages.Sum(message => message.Text.Length) / 4, Tokens);
    });

    /// <summary>Tells whether an answer to a question is right.</summary>
    /// <param name="question">The number of the question, from 0.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>Whether it is.</returns>
    public bool IsRight(int question, string answer) => _draws[question].Right == answer;

    private ScriptedChatClient Create(Rates rates, Func<Draws, Answers> answers) => new(call =>
    {
        var text = call.Messages[^1].Text;
        var draws = Find(text);
        var probability = text.Contains(NoteOn(draws.Family), StringComparison.Ordinal) ? rates.WithItsStrategy
            : text.Contains(NoteOn(""), StringComparison.Ordinal) ? rates.WithOthers
            : rates.Alone;
        var (draw, rightTokens, wrongTokens) = answers(draws);
        var isRight = draw < probability;
        return new ScriptedReply(isRight ? draws.Right : "I think it is something else") { Tokens = isRight ? rightTokens : wrongTokens }
            .WithUsage(text.Length / 4, Tokens);
    });

    private static string NoteOn(string family) => $"Note on {family}";

    private static Draws Draw(int number, int family, Random random, Random ofMiddle)
    {
        var (first, second, third) = (Word(3 * family), Word((3 * family) + 1), Word((3 * family) + 2));
        var name = $"{first} {second} {third}";
        var question = random.Next(3) switch
        {
            0 => $"{name}, case {number}?",
            1 => $"{third} {name}: case {number}",
            _ => $"About {second} {first} {third} in case {number}?",
        };
        return new Draws(
            question,
            name,
            $"answer {Word(1_000_000 + number)}",
            DrawAnswers(random),
            DrawAnswers(ofMiddle),
            random.NextDouble());
    }

    private static Answers DrawAnswers(Random random) => new(
        random.NextDouble(),
        [.. Enumerable.Range(0, Tokens).Select(_ => new TokenLogProbability("token", Math.Log(Beta(8, 2, random))))],
        [.. Enumerable.Range(0, Tokens).Select(_ => new TokenLogProbability("token", Math.Log(Beta(4, 3, random))))]);

    // Words that differ in most of their pieces, so that families do.
    private static string Word(int number)
    {
        var random = new Random(number);
        return string.Concat(Enumerable.Range(0, 4).Select(_ => _syllables[random.Next(_syllables.Length)]));
    }

    private static int Zipf(Random random)
    {
        var left = random.NextDouble() * Enumerable.Range(1, Families).Sum(rank => 1.0 / rank);
        var family = 0;
        while (family < Families - 1 && (left -= 1.0 / (family + 1)) > 0)
        {
            family++;
        }

        return family;
    }

    // A ratio of sums of exponentials, as both shapes are whole.
    private static double Beta(int first, int second, Random random)
    {
        var (left, right) = (Gamma(first, random), Gamma(second, random));
        return left / (left + right);
    }

    private static double Gamma(int shape, Random random) => -Enumerable.Range(0, shape).Sum(_ => Math.Log(1 - random.NextDouble()));

    private Draws Find(string text) => _draws[int.Parse(Case().Matches(text)[^1].Groups[1].Value, CultureInfo.InvariantCulture)];

    [GeneratedRegex("case ([0-9]+)")]
    private static partial Regex Case();

    private sealed record Rates(double Alone, double WithItsStrategy, double WithOthers);

    private sealed record Answers(double Draw, TokenLogProbability[] RightTokens, TokenLogProbability[] WrongTokens);

    private sealed record Draws(string Question, string Family, string Right, Answers Weak, Answers Middle, double Expert);
}
