using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmCascade.Calibration;

/// <summary>Names what is composed of measures, so that another part is another name.</summary>
internal static class ComposedId
{
    private const int Length = 8;

    /// <summary>Joins the host's name with a hash of the parts.</summary>
    public static string Of(string name, params IEnumerable<string> parts)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return $"{name}#{Convert.ToHexStringLower(hash)[..Length]}";
    }

    /// <summary>Writes a weight, the same in every culture.</summary>
    public static string Weight(double weight) => weight.ToString("R", CultureInfo.InvariantCulture);
}
