namespace LlmCascade.Evaluation.Measuring;

internal static class RougeL
{
    public static double F1(string a, string b)
    {
        var (x, y) = (Tokens(a), Tokens(b));
        var lengths = new int[y.Length + 1];
        foreach (var token in x)
        {
            var diagonal = 0;
            for (var j = 0; j < y.Length; j++)
            {
                (diagonal, lengths[j + 1]) = (lengths[j + 1], y[j] == token ? diagonal + 1 : Math.Max(lengths[j + 1], lengths[j]));
            }
        }

        return x.Length + y.Length == 0 ? 0 : 2.0 * lengths[^1] / (x.Length + y.Length);
    }

    private static string[] Tokens(string text) =>
        new string([.. text.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
