using LlmCascade;

namespace SemanticAgreement;

/// <summary>Draws who said what, how much they agree, and what was decided.</summary>
internal static class Picture
{
    private const string Bars = " ▁▂▃▄▅▆▇█";

    public static void Draw(TextWriter output, Episode episode)
    {
        output.WriteLine($"\n{episode.Request.Messages[^1].Text}");
        var tier = episode.Root.Children[0];
        if (tier.Generation?.Agreement is not { } agreement)
        {
            output.WriteLine($"  nobody answered: {tier.Verdict.Reason}");
            return;
        }

        output.WriteLine($"        {string.Join("  ", agreement.Candidates.Select(candidate => candidate.Name))}");
        for (var i = 0; i < agreement.Candidates.Count; i++)
        {
            var candidate = agreement.Candidates[i];
            var row = string.Join("    ", agreement.Candidates.Select((_, j) => i == j ? '\\' : Bar(agreement.Matrix[i, j])));
            var isSpoken = i == agreement.Spoken && agreement.Score is not null;
            output.WriteLine($"  {candidate.Name}   {row}    {(isSpoken ? '►' : ' ')} {candidate.Exclusion ?? candidate.Answer!.Response.Text}");
        }

        output.WriteLine(tier.Verdict.Decision == Decision.Keep
            ? $"  agreement {agreement.Score:0.00}: {agreement.Candidates[agreement.Spoken].Name} speaks for all"
            : $"  {(agreement.Score is { } score ? $"agreement {score:0.00}" : "one answer agrees with nobody")}: deferred, and the expert says: {episode.Answer!.Response.Text}");
    }

    private static char Bar(double? agreement) => agreement switch
    {
        null => '-',
        0 => '.',
        { } value => Bars[(int)Math.Ceiling(value * (Bars.Length - 1))],
    };
}
