using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace LlmCascade.Encoders;

/// <summary>The word pieces of a BERT model, and how a text becomes their numbers. Thread-safe.</summary>
/// <remarks>
/// The BertTokenizer of Microsoft.ML.Tokenizers drops symbols such as + and =, which BERT's own does not. The names of
/// special tokens have no meaning within a text: "[SEP]" is a bracket, a word and a bracket.
/// </remarks>
internal sealed partial class BertVocabulary
{
    private const string File = "vocab.txt";
    private const string Unknown = "[UNK]";
    private const int LongestWord = 100;

    // Models are given some more rows than there are pieces, up to a multiple that computes faster.
    private const int MostSurplus = 127;

    private readonly WordPieceTokenizer _tokenizer;
    private readonly int _first;
    private readonly int _last;

    private BertVocabulary(WordPieceTokenizer tokenizer, int size)
    {
        _tokenizer = tokenizer;
        Size = size;
        _first = Find("[CLS]");
        _last = Find("[SEP]");
        Padding = Find("[PAD]");
    }

    /// <summary>Gets how many pieces there are.</summary>
    public int Size { get; }

    /// <summary>Gets the number that fills a row up.</summary>
    public int Padding { get; }

    /// <summary>Loads the vocabulary of a model.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="expected">How many pieces the model knows.</param>
    /// <param name="padding">Which of them the model fills rows up with.</param>
    /// <exception cref="FileNotFoundException">There is no vocabulary.</exception>
    /// <exception cref="InvalidDataException">It is none of BERT's, or does not fit the model.</exception>
    public static BertVocabulary Load(ModelFolder folder, int? expected, int? padding)
    {
        var file = folder.Find(File);
        var size = System.IO.File.ReadLines(file).Count();
        if (size > expected || expected - size > MostSurplus)
        {
            throw new InvalidDataException($"'{file}' has {size} word pieces, and the model beside it knows {expected}: they do not belong together.");
        }

        var settings = folder.ReadSettings("tokenizer_config.json");
        try
        {
            var vocabulary = new BertVocabulary(
                WordPieceTokenizer.Create(file, new WordPieceOptions
                {
                    Normalizer = BertNormalizer.Of(settings),
                    PreTokenizer = new RegexPreTokenizer(Word, null),
                    UnknownToken = Unknown,
                    MaxInputCharsPerWord = LongestWord,
                }),
                size);
            return padding is null || vocabulary.Padding == padding
                ? vocabulary
                : throw new InvalidDataException($"'{file}' has [PAD] in place {vocabulary.Padding}, and the model beside it in place {padding}: they do not belong together.");
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"'{file}' is no vocabulary of word pieces: {e.Message}", e);
        }
    }

    /// <summary>Finds the numbers of a text's pieces, between those of [CLS] and [SEP].</summary>
    /// <param name="text">Any text.</param>
    /// <param name="most">How many there may be, at least 2; the rest of the text is left out.</param>
    public int[] Encode(string text, int most)
    {
        if (most == 2)
        {
            return [_first, _last];
        }

        var pieces = _tokenizer.EncodeToIds(text, most - 2, out _, out _);
        var all = new int[pieces.Count + 2];
        all[0] = _first;
        for (var i = 0; i < pieces.Count; i++)
        {
            all[i + 1] = pieces[i];
        }

        all[^1] = _last;
        return all;
    }

    /// <summary>Finds the numbers of a text's pieces, between those of [CLS] and [SEP]; of a longer text those of its beginning and of its end.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="most">How many there may be, at least 4.</param>
    public int[] EncodeEnds(string text, int most)
    {
        // No piece is longer than a word may be, and what is no part of any at the ends is not counted.
        var enough = most * LongestWord;
        if (text.Length > 2 * enough)
        {
            text = Trim(text);
        }

        var pieces = _tokenizer.EncodeToIds(text.Length > 2 * enough ? string.Concat(text.AsSpan(0, enough), " ", text.AsSpan(text.Length - enough)) : text);
        var (first, last) = pieces.Count <= most - 2 ? (pieces.Count, 0) : ((most - 1) / 2, (most - 2) / 2);
        return [_first, .. pieces.Take(first), .. pieces.Skip(pieces.Count - last), _last];
    }

    private static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsNothing(text[start]))
        {
            start++;
        }

        while (start < end && IsNothing(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    private static bool IsNothing(char character) => char.IsWhiteSpace(character) || char.IsControl(character);

    private int Find(string token)
    {
        var pieces = _tokenizer.EncodeToIds(token, considerPreTokenization: false, considerNormalization: false);
        return pieces.Count == 1 && pieces[0] != _tokenizer.UnknownTokenId
            ? pieces[0]
            : throw new ArgumentException($"it has no {token}");
    }

    // BERT takes every symbol of ASCII for punctuation.
    [GeneratedRegex(@"[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+")]
    private static partial Regex Word { get; }
}
