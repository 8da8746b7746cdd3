using System.Globalization;
using System.Text;

namespace LlmCascade.Testing;

/// <summary>Writes an attempt tree as text, one attempt a line.</summary>
internal static class AttemptTree
{
    private const string Indentation = "  ";

    public static string Write(Episode episode, bool withContent)
    {
        var text = new StringBuilder($"episode {episode.Id}: ");
        text.Append(episode.Answerer is { } answerer ? $"answered by '{answerer.Name}'" : "no answer");
        var totals = episode.Root.Total();
        text.Append(CultureInfo.InvariantCulture, $", {(totals.IsUsageComplete ? "" : "at least ")}{totals.Usage.InputTokenCount ?? 0} + {totals.Usage.OutputTokenCount ?? 0} tokens");
        text.Append(CultureInfo.InvariantCulture, $", cost {(totals.IsCostComplete ? "" : "at least ")}{totals.Cost}");
        if (withContent)
        {
            AppendText(text, Indentation, "asked", episode.Request.Query);
        }

        foreach (var child in episode.Root.Children)
        {
            Append(text, Indentation, child, withContent);
        }

        return text.ToString();
    }

    public static string Write(Attempt attempt, bool withContent = false)
    {
        var text = new StringBuilder();
        Append(text, Indentation, attempt, withContent);
        return text.ToString(1, text.Length - 1);
    }

    private static void Append(StringBuilder text, string indentation, Attempt attempt, bool withContent)
    {
        text.Append('\n').Append(indentation).Append(CultureInfo.InvariantCulture, $"{attempt.Name} ({attempt.Role}): {attempt.Verdict.Decision}");
        AppendPart(text, attempt.Verdict.Reason);
        AppendPart(text, attempt.Verdict.Confidence.HasValue ? $"confidence {attempt.Verdict.Confidence}" : "");
        AppendPart(text, attempt.Verdict.Probability is { } drawn ? string.Create(CultureInfo.InvariantCulture, $"drawn with {drawn}") : "");
        AppendPart(text, Usage(attempt));
        AppendPart(text, Cost(attempt));
        AppendPart(text, attempt.IsAbandoned ? "abandoned" : "");
        AppendPart(text, attempt.Failure?.GetType().Name ?? "");
        if (withContent)
        {
            AppendText(text, indentation + Indentation, "threw", attempt.Failure?.Message);
            AppendText(text, indentation + Indentation, "said", attempt.Generation?.Response.Text);
        }

        foreach (var child in attempt.Children)
        {
            Append(text, indentation + Indentation, child, withContent);
        }
    }

    private static void AppendPart(StringBuilder text, string part) => text.Append(part.Length > 0 ? ", " : "").Append(part);

    private static void AppendText(StringBuilder text, string indentation, string verb, string? content)
    {
        if (content is not null)
        {
            text.Append('\n').Append(indentation).Append(verb).Append(": ").Append(content.ReplaceLineEndings(" "));
        }
    }

    private static string Usage(Attempt attempt) => attempt.UsageState switch
    {
        UsageState.None => "",
        UsageState.Reported => Tokens(attempt),
        UsageState.Partial => "at least " + Tokens(attempt),
        _ => attempt.Usage is null ? "tokens unknown" : "at least " + Tokens(attempt),
    };

    private static string Tokens(Attempt attempt) => string.Create(
        CultureInfo.InvariantCulture,
        $"{attempt.Usage?.InputTokenCount ?? 0} + {attempt.Usage?.OutputTokenCount ?? 0} tokens");

    private static string Cost(Attempt attempt) => (attempt.Cost, attempt.IsCostComplete) switch
    {
        (null, true) => "",
        (null, false) => "cost unknown",
        ({ } cost, true) => string.Create(CultureInfo.InvariantCulture, $"cost {cost}"),
        ({ } cost, false) => string.Create(CultureInfo.InvariantCulture, $"cost at least {cost}"),
    };
}
