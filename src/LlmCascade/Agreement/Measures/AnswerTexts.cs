using System.Collections;
using System.Text.Json;
using LlmCascade.Calibration;

namespace LlmCascade.Agreement.Measures;

/// <summary>Answers together with what measures find in their texts, each found once however many measures look.</summary>
/// <remarks>A measure that consists of others hands it to them as the answers, so that they share it. Thread-safe; who has got it disposes it.</remarks>
internal sealed class AnswerTexts : IReadOnlyList<Generation>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<Generation> _answers;
    private readonly string?[] _texts;
    private readonly string?[] _plain;
    private readonly (bool IsKnown, string? Text)[] _conclusions;
    private readonly (bool IsKnown, JsonDocument? Document)[] _json;
    private TermSequences? _words;
    private readonly List<(int Length, TermSequences Terms)> _pieces = [];
    private int _users = 1;

    private AnswerTexts(IReadOnlyList<Generation> answers)
    {
        _answers = answers;
        _texts = new string?[answers.Count];
        _plain = new string?[answers.Count];
        _conclusions = new (bool, string?)[answers.Count];
        _json = new (bool, JsonDocument?)[answers.Count];
    }

    public int Count => _answers.Count;

    public Generation this[int index] => _answers[index];

    /// <summary>Gets what is shared already, or begins to share.</summary>
    public static AnswerTexts Of(IReadOnlyList<Generation> answers) =>
        answers is not AnswerTexts shared ? new(answers)
        : shared.TryShare() ? shared
        : new(shared._answers);

    /// <summary>Gets the text of an answer as it is.</summary>
    public string Text(int answer)
    {
        lock (_gate)
        {
            return _texts[answer] ??= _answers[answer].Response.Text;
        }
    }

    /// <summary>Gets the text of an answer in compatibility forms, so that wide characters are those that they stand for.</summary>
    public string Normalized(int answer)
    {
        lock (_gate)
        {
            return _plain[answer] ??= PlainText.Normalize(Text(answer));
        }
    }

    /// <summary>Gets the words of all answers.</summary>
    public TermSequences Words()
    {
        lock (_gate)
        {
            return _words ??= Cut(charactersInTerm: 5, static (text, terms) => TextTerms.AddWords(text, terms));
        }
    }

    /// <summary>Gets the pieces of so many characters of all answers.</summary>
    public TermSequences Pieces(int length)
    {
        lock (_gate)
        {
            foreach (var (known, terms) in _pieces)
            {
                if (known == length)
                {
                    return terms;
                }
            }

            _pieces.Add((length, Cut(charactersInTerm: 1, (text, terms) => TextTerms.AddPieces(text, length, terms))));
            return _pieces[^1].Terms;
        }
    }

    /// <summary>Gets what an answer comes to; <see langword="null"/> where it does not say.</summary>
    public string? Conclusion(int answer)
    {
        lock (_gate)
        {
            if (!_conclusions[answer].IsKnown)
            {
                var text = Text(answer);
                var content = Measures.Conclusion.Explicit(text);
                _conclusions[answer] = (true, content.IsEmpty ? Words()[answer].Length <= 6 ? text : null : content.ToString());
            }

            return _conclusions[answer].Text;
        }
    }

    /// <summary>Gets an answer as JSON; <see langword="null"/> where it is none.</summary>
    public JsonDocument? Json(int answer)
    {
        lock (_gate)
        {
            if (!_json[answer].IsKnown)
            {
                _json[answer] = (true, JsonAnswer.Parse(Text(answer)));
            }

            return _json[answer].Document;
        }
    }

    public IEnumerator<Generation> GetEnumerator() => _answers.GetEnumerator();

    public void Dispose()
    {
        lock (_gate)
        {
            if (--_users == 0)
            {
                _words?.Dispose();
                _words = null;
                _pieces.ForEach(static pieces => pieces.Terms.Dispose());
                _pieces.Clear();
                foreach (ref var json in _json.AsSpan())
                {
                    json.Document?.Dispose();
                    json = default;
                }
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private TermSequences Cut(int charactersInTerm, Action<string, TermSequences> add)
    {
        var terms = new TermSequences(Count, Enumerable.Range(0, Count).Sum(i => Normalized(i).Length) / charactersInTerm);
        for (var i = 0; i < Count; i++)
        {
            add(Normalized(i), terms);
            terms.EndText();
        }

        return terms;
    }

    private bool TryShare()
    {
        lock (_gate)
        {
            return _users > 0 && ++_users > 0;
        }
    }
}
