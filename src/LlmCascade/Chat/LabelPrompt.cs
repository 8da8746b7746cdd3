using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Asks a chat model for one label of a space, and reads the label out of its reply.</summary>
/// <remarks>
/// <para>
/// A reply is read without regard to case, punctuation, markup and what stands around the label: <c>**Positive.**</c>,
/// <c>{"label": "positive"}</c> and <c>The review is positive</c> all name <c>positive</c>. A reply that names no label,
/// or several, or holds a word of denial, whatever it is about, is unparsed. Immutable.
/// </para>
/// <para>
/// Names are matched word by word, and words end at spaces and punctuation. Where a language writes no spaces, a label
/// is found only where it stands by itself: <c>标签：积极。</c> names <c>积极</c>, and <c>这是积极的</c> is unparsed. A
/// number counts as a whole: <c>3.5</c> and <c>3/5</c> do not name <c>3</c>. A label of one letter is not told from a
/// word like <c>a</c> where another word follows it, so such a reply is unparsed.
/// </para>
/// <para>
/// Denials are known by single words of English and some other European languages, Arabic and Chinese (<c>not</c>,
/// <c>isn't</c>, <c>kein</c>, <c>不</c>). Others (<c>far from positive</c>) are not seen, so ask for the label alone.
/// </para>
/// </remarks>
public sealed class LabelPrompt
{
    private readonly ImmutableArray<(string[] Words, string Label)> _names;
    private readonly string _instructions;

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
        _instructions =
            $"{task ?? "Which of the labels fits the text that the user sends?"}\nAnswer with exactly one of these labels and nothing else: {string.Join(", ", labels.Labels)}.";
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
        return [new ChatMessage(ChatRole.System, _instructions), new ChatMessage(ChatRole.User, text)];
    }

    /// <summary>Reads the label out of a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>The label as the space spells it; <see langword="null"/> when the reply is unparsed.</returns>
    public string? Parse(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var words = LabelWords.Of(reply);
        string? found = null;
        var end = 0;
        for (var i = 0; i < words.Count; i++)
        {
            // The longest name counts: "very positive" is not "positive" as well.
            var (length, label) = FindAt(words, i);
            if (length > 0 && i + length > end)
            {
                if ((found is not null && found != label) || (length == 1 && words[i] is { IsLetter: true, RunsOn: true }))
                {
                    return null;
                }

                (found, end) = (label, i + length);
            }
            else if (i >= end && LabelWords.Denies(words[i].Text))
            {
                return null;
            }
        }

        return found;
    }

    private (int Length, string? Label) FindAt(List<LabelWord> words, int start)
    {
        (int Length, string? Label) longest = default;
        foreach (var (name, label) in _names)
        {
            if (name.Length > longest.Length && StartsAt(words, start, name))
            {
                longest = (name.Length, label);
            }
        }

        return longest;
    }

    private static ImmutableArray<(string[] Words, string Label)> Collect(
        LabelSpace labels, IEnumerable<KeyValuePair<string, string>> synonyms)
    {
        var known = new Dictionary<string, string>(LabelWords.Comparer);
        var names = ImmutableArray.CreateBuilder<(string[], string)>();
        foreach (var (name, label) in labels.Labels.Select(label => KeyValuePair.Create(label, label)).Concat(synonyms))
        {
            var parameter = names.Count < labels.Labels.Length ? nameof(labels) : nameof(synonyms);
            if (label is null || labels.IndexOf(label) < 0)
            {
                throw new ArgumentException($"The synonym '{name}' stands for '{label}', which is none of the labels {labels}.", nameof(synonyms));
            }

            string[] words = [.. LabelWords.Of(name ?? "").Select(word => word.Text)];
            if (words.Length == 0)
            {
                throw new ArgumentException($"'{name}' has no letter, digit or symbol, so no reply could name it.", parameter);
            }

            var key = string.Join(' ', words);
            if (known.TryGetValue(key, out var other) && other != label)
            {
                throw new ArgumentException($"'{name}' would name both '{other}' and '{label}'. Case and punctuation do not count.", parameter);
            }

            if (known.TryAdd(key, label))
            {
                names.Add((words, label));
            }
        }

        return names.ToImmutable();
    }

    private static bool StartsAt(List<LabelWord> words, int start, string[] name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (start + i >= words.Count || !LabelWords.Comparer.Equals(words[start + i].Text, name[i]))
            {
                return false;
            }
        }

        return true;
    }
}
