using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Asks a chat model for one label of a space, and reads the label out of its reply.</summary>
/// <remarks>
/// A reply is read without regard to case, punctuation, markup and what stands around the label: <c>**Positive.**</c>,
/// <c>{"label": "positive"}</c> and <c>The review is positive</c> all name <c>positive</c>. A reply that names no label,
/// or several, or denies one (<c>not positive</c>), is unparsed. Nothing is ever guessed. Immutable.
/// </remarks>
public sealed class LabelPrompt
{
    private static readonly FrozenSet<string> _negations =
        new[] { "not", "never", "neither", "nor", "cannot", "isn't", "wasn't", "aren't", "doesn't", "don't", "isnt" }.ToFrozenSet();

    private readonly ImmutableArray<(string[] Words, string Label)> _names;
    private readonly FrozenSet<string> _labelWords;
    private readonly ChatMessage _instructions;

    /// <summary>Initializes a prompt.</summary>
    /// <param name="labels">The labels to choose from.</param>
    /// <param name="task">
    /// What is to be judged, for example <c>Is the review positive or negative?</c>; <see langword="null"/> for a
    /// general question.
    /// </param>
    /// <param name="synonyms">Other words that models use, each with its label; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">
    /// A synonym is empty, stands for a label that the space does not hold, or names two labels; or two labels differ in
    /// case or punctuation alone, so that no reply could tell them apart.
    /// </exception>
    public LabelPrompt(LabelSpace labels, string? task = null, IEnumerable<KeyValuePair<string, string>>? synonyms = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = labels;
        Task = task;
        _names = Collect(labels, synonyms ?? []);
        _labelWords = _names.SelectMany(name => name.Words).ToFrozenSet();
        _instructions = new ChatMessage(
            ChatRole.System,
            $"{task ?? "Which of the labels fits the text that the user sends?"}\nAnswer with exactly one of these labels and nothing else: {string.Join(", ", labels.Labels)}.");
    }

    /// <summary>Gets the labels to choose from.</summary>
    public LabelSpace Labels { get; }

    /// <summary>Gets what is to be judged; <see langword="null"/> for the general question.</summary>
    public string? Task { get; }

    /// <summary>Makes the messages that ask about a text: the task with the labels, and the text as the user's message.</summary>
    /// <param name="text">The text. It is data, and stands in a message of its own.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<ChatMessage> CreateMessages(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [_instructions.Clone(), new ChatMessage(ChatRole.User, text)];
    }

    /// <summary>Reads the label out of a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>The label as the space spells it; <see langword="null"/> when the reply is unparsed.</returns>
    public string? Parse(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var words = WordsOf(reply);
        string? found = null;
        for (var i = 0; i < words.Count;)
        {
            // The longest name counts: "very positive" is not "positive" as well.
            var best = default((string[] Words, string Label));
            foreach (var name in _names)
            {
                if (name.Words.Length > (best.Words?.Length ?? 0) && StartsAt(words, i, name.Words))
                {
                    best = name;
                }
            }

            if (best.Words is null)
            {
                if (_negations.Contains(words[i]) && !_labelWords.Contains(words[i]))
                {
                    return null;
                }

                i++;
                continue;
            }

            if (found is not null && found != best.Label)
            {
                return null;
            }

            found = best.Label;
            i += best.Words.Length;
        }

        return found;
    }

    private static ImmutableArray<(string[] Words, string Label)> Collect(
        LabelSpace labels, IEnumerable<KeyValuePair<string, string>> synonyms)
    {
        Dictionary<string, string> known = [];
        var names = ImmutableArray.CreateBuilder<(string[], string)>();
        foreach (var (name, label) in labels.Labels.Select(label => KeyValuePair.Create(label, label)).Concat(synonyms))
        {
            if (label is null || labels.IndexOf(label) < 0)
            {
                throw new ArgumentException($"The synonym '{name}' stands for '{label}', which is none of the labels {labels}.", nameof(synonyms));
            }

            var words = WordsOf(name ?? "");
            if (words.Count == 0)
            {
                throw new ArgumentException($"'{name}' has no letter or digit, so no reply could name it.", nameof(labels));
            }

            if (known.TryGetValue(string.Join(' ', words), out var other) && other != label)
            {
                throw new ArgumentException($"'{name}' would name both '{other}' and '{label}'. Case and punctuation do not count.", nameof(synonyms));
            }

            if (known.TryAdd(string.Join(' ', words), label))
            {
                names.Add(([.. words], label));
            }
        }

        return names.ToImmutable();
    }

    private static bool StartsAt(List<string> words, int start, string[] name)
    {
        if (start + name.Length > words.Count)
        {
            return false;
        }

        for (var i = 0; i < name.Length; i++)
        {
            if (words[start + i] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    // A word is a run of letters, marks and digits; an apostrophe inside belongs to it, so that "isn't" is one word.
    private static List<string> WordsOf(string text)
    {
        List<string> words = [];
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (IsWordCharacter(text[i]) || (start >= 0 && IsApostropheInside(text, i))))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                words.Add(text[start..i].Replace('’', '\'').ToLowerInvariant());
                start = -1;
            }
        }

        return words;
    }

    private static bool IsWordCharacter(char character) =>
        char.IsLetterOrDigit(character)
        || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static bool IsApostropheInside(string text, int index) =>
        text[index] is '\'' or '’' && index + 1 < text.Length && char.IsLetter(text[index + 1]);
}
