using System.Collections;

namespace LlmCascade.Agreement.Measures;

/// <summary>Answers together with what measures find in their texts, each found once however many measures look.</summary>
/// <remarks>A measure that consists of others hands it to them as the answers, so that they share it. Thread-safe; who has got it disposes it.</remarks>
internal sealed class AnswerTexts : IReadOnlyList<Generation>, IDisposable
{
    // About how many characters a word has, with the blank.
    private const int WordLength = 5;

    private readonly Lock _gate = new();
    private readonly AnswerText[] _answers;
    private readonly List<(int Length, TermSequences Terms)> _pieces = [];
    private TermSequences? _words;
    private int _users = 1;

    private AnswerTexts(AnswerText[] answers) => _answers = answers;

    public int Count => _answers.Length;

    public Generation this[int index] => _answers[index].Answer;

    /// <summary>Gets what is shared already, or begins to share.</summary>
    public static AnswerTexts Of(IReadOnlyList<Generation> answers)
    {
        if (answers is AnswerTexts shared)
        {
            return shared.TryShare() ? shared : new(shared._answers);
        }

        var texts = new AnswerText[answers.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = new AnswerText(answers[i]);
        }

        return new(texts);
    }

    /// <summary>Gets what is found in one answer alone.</summary>
    public AnswerText Answer(int index) => _answers[index];

    /// <summary>Gets the words of all answers.</summary>
    public TermSequences Words()
    {
        lock (_gate)
        {
            return _words ??= Cut(WordLength, pieceLength: 0);
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

            _pieces.Add((length, Cut(charactersInTerm: 1, length)));
            return _pieces[^1].Terms;
        }
    }

    public IEnumerator<Generation> GetEnumerator() => _answers.Select(answer => answer.Answer).GetEnumerator();

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
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private TermSequences Cut(int charactersInTerm, int pieceLength)
    {
        var terms = new TermSequences(Count, _answers.Sum(answer => Math.Min(answer.Normalized.Length, 1 << 16)) / charactersInTerm);
        foreach (var answer in _answers)
        {
            if (pieceLength > 0)
            {
                TextTerms.AddPieces(answer.Normalized, pieceLength, terms);
            }
            else
            {
                TextTerms.AddWords(answer.Normalized, terms);
            }

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
