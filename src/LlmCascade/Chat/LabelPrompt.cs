using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Asks a chat model for one label of a space, and reads the label out of its reply.</summary>
/// <remarks>
/// <para>
/// A reply is read without regard to case, punctuation, markup and what stands around the label: <c>**Positive.**</c>,
/// <c>{"label": "positive"}</c> and <c>The review is positive</c> all name <c>positive</c>. Whatever is in doubt is
/// unparsed, and never a guess. Immutable. These are the rules:
/// </para>
/// <list type="number">
/// <item>The longest name counts. Its words are joined by spaces and hyphens, never across the end of a sentence.</item>
/// <item>A reply that names no label, or two of them, is unparsed.</item>
/// <item>So is one that names a label in a question, struck out (<c>~~positive~~</c>), with a number behind it
/// (<c>"positive": 0.1</c>) or with a percentage before it.</item>
/// <item>So is one that holds a word of denial (<c>not</c>, <c>isn't</c>, <c>kein</c>, <c>不</c>), whatever it is about.</item>
/// <item>What may be an ordinary word counts as a denial: a label of one letter, or one that denies, such as <c>no</c>, where
/// another word follows it (<c>no idea</c>), and a number in the midst of words (<c>GPT 4 model</c>).</item>
/// <item>Where the label alone is the first sentence or line, after a heading of one word with a colon at most, it is the
/// answer: denials in sentences that do not name it are about something else. <c>positive. The plot is not
/// perfect.</c> names <c>positive</c>.</item>
/// </list>
/// <para>
/// Names are matched word by word, and words end at spaces and punctuation. Where a language writes no spaces, a label
/// is found only where it stands by itself: <c>标签：积极。</c> names <c>积极</c>, and <c>这是积极的</c> is unparsed. A
/// number counts as a whole: <c>3.5</c> and <c>3/5</c> do not name <c>3</c>.
/// </para>
/// <para>
/// Denials are known by single words of English and some other European languages, Arabic and Chinese. Others
/// (<c>far from positive</c>) are not seen, so ask for the label alone.
/// </para>
/// </remarks>
public sealed class LabelPrompt
{
    private readonly ImmutableArray<(LabelWord[] Words, string Label)> _names;
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
        var (isSettled, isNamed, isDoubtful) = (false, false, false);
        for (var i = 0; i < words.Count; i++)
        {
            var (length, label) = FindAt(words, i);
            if (i + length > end && length > 0 && !(length == 1 && MayBeAnotherWord(words, i)))
            {
                if ((found is not null && found != label) || IsWeighed(words, i, length))
                {
                    return null;
                }

                (found, isNamed, end) = (label, true, i + length);
                isSettled |= StandsAlone(words, i, length);
            }
            else if (i >= end)
            {
                isDoubtful |= length > 0 || LabelWords.Denies(words[i].Text);
            }

            if (words[i].EndsSentence || i == words.Count - 1)
            {
                if ((isDoubtful && (isNamed || !isSettled)) || (isNamed && words[i].Asks))
                {
                    return null;
                }

                (isNamed, isDoubtful) = (false, false);
            }
        }

        return found;
    }

    private static bool MayBeAnotherWord(List<LabelWord> words, int at)
    {
        var word = words[at];
        return word.RunsOn
            && (word.IsNumber ? at > 0 && words[at - 1].RunsOn : word.IsLetter || LabelWords.Denies(word.Text));
    }

    // Whether it is told how much of a label there is, or that there is none, rather than which one it is.
    private static bool IsWeighed(List<LabelWord> words, int at, int length)
    {
        var behind = words[at + length - 1].After;
        return behind.Contains("~~", StringComparison.Ordinal)
            || (at > 0 && words[at - 1] is { IsNumber: true } before && before.After.Contains('%'))
            || (at + length < words.Count && words[at + length].IsNumber && (behind.Contains(':') || !behind.Contains('\n')));
    }

    private static bool StandsAlone(List<LabelWord> words, int at, int length)
    {
        var isFirst = at == 0 || (at == 1 && words[0].After.Contains(':') && !words[0].EndsSentence);
        var last = words[at + length - 1];
        return isFirst && last.EndsSentence && !last.After.Contains(':');
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

    private static ImmutableArray<(LabelWord[] Words, string Label)> Collect(
        LabelSpace labels, IEnumerable<KeyValuePair<string, string>> synonyms)
    {
        var known = new Dictionary<string, string>(LabelWords.Comparer);
        var names = ImmutableArray.CreateBuilder<(LabelWord[], string)>();
        foreach (var (name, label) in labels.Labels.Select(label => KeyValuePair.Create(label, label)).Concat(synonyms))
        {
            var parameter = names.Count < labels.Labels.Length ? nameof(labels) : nameof(synonyms);
            if (label is null || labels.IndexOf(label) < 0)
            {
                throw new ArgumentException($"The synonym '{name}' stands for '{label}', which is none of the labels {labels}.", nameof(synonyms));
            }

            LabelWord[] words = [.. LabelWords.Of(name ?? "")];
            if (words.Length == 0)
            {
                throw new ArgumentException($"'{name}' has no letter, digit or symbol, so no reply could name it.", parameter);
            }

            var key = string.Join(' ', words.Select(word => word.Text));
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

    private static bool StartsAt(List<LabelWord> words, int start, LabelWord[] name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (start + i >= words.Count
                || !LabelWords.Comparer.Equals(words[start + i].Text, name[i].Text)
                || (i > 0 && words[start + i - 1] is var last && !last.Joins && last.After != name[i - 1].After))
            {
                return false;
            }
        }

        return true;
    }
}
