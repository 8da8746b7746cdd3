using System.Text.Json;
using LlmCascade.Calibration;

namespace LlmCascade.Agreement.Measures;

/// <summary>An answer with what measures find in its text alone.</summary>
/// <remarks>Thread-safe: two that look at once find the same.</remarks>
internal sealed class AnswerText(Generation answer)
{
    // A longer answer says more than what it comes to.
    private const int MostWordsOfConclusion = 6;

    private static readonly object _none = new();
    private static readonly Quantity[] _tooMany = [];

    private Quantity[]? _quantities;
    private Quantity[]? _concluded;
    private string? _explicit;
    private object? _json;
    private int _words = -1;
    private object? _polarity;
    private object? _isRefusal;

    public Generation Answer => answer;

    /// <summary>Gets the text as it is.</summary>
    public string Text => field ??= answer.Response.Text;

    /// <summary>Gets the text in compatibility forms, so that wide characters are those that they stand for.</summary>
    public string Normalized => field ??= PlainText.Normalize(Text);

    /// <summary>Gets the number of words, as people count them; in scripts without spaces a word has two letters or so.</summary>
    public int Words => _words >= 0 ? _words : _words = CountWords(Text);

    /// <summary>Gets what stands behind an explicit mark of a conclusion; empty where there is none.</summary>
    public string ExplicitConclusion => _explicit ??= Measures.Conclusion.Explicit(Text).ToString();

    /// <summary>Gets what the answer comes to; empty where it does not say.</summary>
    public string Conclusion => ExplicitConclusion.Length > 0 ? ExplicitConclusion : Words <= MostWordsOfConclusion ? Text : "";

    /// <summary>Gets the quantities that the text speaks of; <see langword="null"/> where there are too many to compare.</summary>
    public Quantity[]? Quantities => OrNull(_quantities ??= QuantityReader.Of(Text) ?? _tooMany);

    /// <summary>Gets the quantities that the answer comes to: those of the last side of an equation.</summary>
    public Quantity[]? ConcludedQuantities => OrNull(_concluded ??= Conclude() ?? _tooMany);

    /// <summary>Gets the answer as JSON; <see langword="null"/> where it is none.</summary>
    public JsonElement? Json => (_json ??= JsonAnswer.Parse(Text) ?? _none) as JsonElement?;

    /// <summary>Gets the text without the words that deny it.</summary>
    public Statement Statement => field ??= Statement.Of(Normalized);

    /// <summary>Gets how the conclusion, or else the text, begins: 1 for yes, -1 for no, 0 for anything else.</summary>
    public int Polarity => (int)(_polarity ??= (object)Measures.Polarity.Of(ExplicitConclusion.Length > 0 ? ExplicitConclusion : Text));

    /// <summary>Gets whether it refuses to answer.</summary>
    public bool IsRefusal => (bool)(_isRefusal ??= (object)Refusal.Is(Text));

    private static Quantity[]? OrNull(Quantity[] quantities) => ReferenceEquals(quantities, _tooMany) ? null : quantities;

    private static int CountWords(string text)
    {
        var (words, letters, isInside) = (0, 0, false);
        foreach (var character in text)
        {
            var isSpace = char.IsWhiteSpace(character);
            var isUnspaced = !isSpace && WordReader.IsUnspaced(character);
            letters += isUnspaced ? 1 : 0;
            words += !isInside && !isSpace && !isUnspaced ? 1 : 0;
            isInside = !isSpace && !isUnspaced;
        }

        return words + ((letters + 1) / 2);
    }

    private Quantity[]? Conclude()
    {
        var conclusion = Conclusion;
        var side = conclusion.LastIndexOf('=');
        return side >= 0 && QuantityReader.Of(conclusion[(side + 1)..]) is { Length: > 0 } result ? result
            : ReferenceEquals(conclusion, Text) ? Quantities
            : QuantityReader.Of(conclusion);
    }
}
