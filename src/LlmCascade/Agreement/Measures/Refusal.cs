using System.Buffers;

namespace LlmCascade.Agreement.Measures;

/// <summary>Recognizes answers that give none: somebody cannot, may not or does not know.</summary>
internal static class Refusal
{
    // A longer text says something.
    private const int MostCharacters = 800;
    private const int LongestSentence = 200;

    private static readonly SearchValues<char> _ends = SearchValues.Create(".!?\n。！？");

    // What may stand before, and says nothing yet.
    private static readonly string[] _apologies =
    [
        "i'm sorry", "i am sorry", "i'm really sorry", "i'm very sorry", "i'm so sorry", "sorry", "my apologies", "apologies", "i apologize", "i apologise", "unfortunately", "regrettably",
        "es tut mir leid", "tut mir leid", "entschuldigung", "leider", "je suis désolé", "je suis désolée", "désolé", "désolée", "malheureusement",
        "lo siento", "lamentablemente", "mi dispiace", "purtroppo", "对不起", "很抱歉", "抱歉", "非常抱歉", "申し訳ありませんが", "申し訳ございませんが", "すみませんが",
    ];

    private static readonly string[] _assistants =
    [
        "as an ai", "as a large language model", "as a language model", "i'm just an ai", "i am just an ai", "i'm an ai", "i am an ai", "als ki", "als künstliche intelligenz",
        "als sprachmodell", "en tant qu'ia", "en tant que modèle", "como modelo de lenguaje", "como ia", "in quanto modello", "作为一个ai", "作为ai", "作为一个人工智能", "作为人工智能",
    ];

    // Of which it is plain without more words that no answer follows.
    private static readonly string[] _unknown =
    [
        "i don't know", "i do not know", "i have no idea", "i don't have enough information", "i do not have enough information", "i don't have access", "i do not have access",
        "i don't have any information", "i do not have any information", "i don't have information", "i do not have information", "i must decline", "i have to decline",
        "ich weiß es nicht", "ich weiß nicht", "das weiß ich nicht", "je ne sais pas", "no lo sé", "no sé", "non lo so", "我不知道", "我不清楚", "わかりません", "分かりません",
    ];

    // What an inability must be of, since "I can't recommend it enough" is an answer.
    private static readonly string[] _unable =
    [
        "i can't", "i cannot", "i can not", "i am unable to", "i'm unable to", "i am not able to", "i'm not able to", "i won't", "i will not", "i could not", "i couldn't",
        "i won't be able to", "i'm not comfortable", "i am not comfortable", "we can't", "we cannot", "we are unable to",
    ];

    private static readonly string[] _doing =
    [
        "help", "assist", "answer", "provide", "give", "do that", "do this", "fulfill", "fulfil", "comply", "tell you", "say", "share", "discuss", "access", "determine", "find",
        "verify", "confirm", "browse", "create", "generate", "offer", "support", "engage", "respond", "complete", "predict", "continue", "see", "open", "view", "write", "process", "look up",
    ];

    private static readonly (string Begin, string Denial, string[] Doing)[] _elsewhere =
    [
        ("ich kann", "nicht", ["helfen", "beantworten", "weiterhelfen", "sagen", "geben", "unterstützen", "bereitstellen", "erfüllen", "nicht tun", "nicht machen"]),
        ("kann ich", "nicht", ["helfen", "beantworten", "weiterhelfen", "sagen", "geben", "unterstützen", "bereitstellen", "erfüllen"]),
        ("je ne peux", "pas", ["aider", "répondre", "fournir", "donner", "dire", "faire cela", "accéder"]),
        ("je ne suis", "pas", ["en mesure", "capable"]),
        ("no puedo", "no", ["ayudar", "responder", "proporcionar", "dar", "decir", "hacer eso", "acceder"]),
        ("non posso", "non", ["aiutar", "rispondere", "fornire", "dare", "dire", "farlo", "accedere"]),
        ("我不能", "不", ["回答", "提供", "帮", "协助", "告诉"]),
        ("我无法", "无", ["回答", "提供", "帮", "协助", "告诉", "访问", "确定"]),
    ];

    private static readonly string[] _inability =
        ["can't", "cannot", "can not", "unable", "not able", "don't have", "do not have", "nicht", "kein", "ne peux pas", "no puedo", "no tengo", "non posso", "不能", "无法", "没有", "できません"];

    /// <summary>Tells whether a text is a refusal.</summary>
    public static bool Is(string text)
    {
        var begin = text.AsSpan().Trim().Trim("*_\"“”");
        if (begin.IsEmpty || begin.Length > MostCharacters)
        {
            return false;
        }

        Span<char> lower = stackalloc char[MostCharacters];
        lower = lower[..begin.ToLowerInvariant(lower)];
        lower.Replace('’', '\'');
        ReadOnlySpan<char> rest = lower;
        var isSorry = Skip(ref rest, _apologies);
        rest = rest.TrimStart(" ,.;:!-–—，。、");
        foreach (var word in (ReadOnlySpan<string>)["but ", "however, ", "aber ", "mais ", "pero ", "ma ", "但是", "但"])
        {
            rest = isSorry && rest.StartsWith(word, StringComparison.Ordinal) ? rest[word.Length..] : rest;
        }

        var sentence = FirstSentence(rest);
        return IsUnknown(rest, sentence) || IsUnable(sentence, isSorry) || IsUnableElsewhere(sentence, isSorry)
            || (Skip(ref rest, _assistants) && ContainsAny(sentence, _inability))
            || (isSorry && (sentence.EndsWith("できません", StringComparison.Ordinal) || sentence.EndsWith("かねます", StringComparison.Ordinal)));
    }

    // Who does not know, but says something, answers.
    private static bool IsUnknown(ReadOnlySpan<char> rest, ReadOnlySpan<char> sentence) =>
        Skip(ref rest, _unknown) && !sentence.Contains(" but ", StringComparison.Ordinal) && !sentence.Contains("aber ", StringComparison.Ordinal)
        && !sentence.Contains(" who doesn't", StringComparison.Ordinal) && !sentence.Contains(" anyone", StringComparison.Ordinal);

    private static bool IsUnable(ReadOnlySpan<char> sentence, bool isSorry)
    {
        if (!Skip(ref sentence, _unable))
        {
            return false;
        }

        sentence = sentence.TrimStart();
        foreach (var word in (ReadOnlySpan<string>)["be able to ", "really ", "directly ", "currently ", "actually "])
        {
            sentence = sentence.StartsWith(word, StringComparison.Ordinal) ? sentence[word.Length..] : sentence;
        }

        return isSorry || Skip(ref sentence, _doing);
    }

    private static bool IsUnableElsewhere(ReadOnlySpan<char> sentence, bool isSorry)
    {
        foreach (var (begin, denial, doing) in _elsewhere)
        {
            if (sentence.StartsWith(begin, StringComparison.Ordinal) && sentence.Contains(denial, StringComparison.Ordinal)
                && (isSorry || ContainsAny(sentence, doing)))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> FirstSentence(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(_ends);
        text = end < 0 ? text : text[..end];
        return text[..Math.Min(text.Length, LongestSentence)];
    }

    private static bool Skip(ref ReadOnlySpan<char> text, string[] beginnings)
    {
        foreach (var beginning in beginnings)
        {
            if (text.StartsWith(beginning, StringComparison.Ordinal)
                && (text.Length == beginning.Length || !char.IsLetter(text[beginning.Length]) || !char.IsAsciiLetter(beginning[^1])))
            {
                text = text[beginning.Length..];
                return true;
            }
        }

        return false;
    }

    private static bool ContainsAny(ReadOnlySpan<char> text, string[] words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
