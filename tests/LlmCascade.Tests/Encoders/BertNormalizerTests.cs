using System.Text.Json;
using LlmCascade.Encoders;
using Xunit;

namespace LlmCascade.Tests.Encoders;

public sealed class BertNormalizerTests
{
    [Theory]
    [InlineData("{}", "caf\u00e9 \u4e2dA", "cafe  \u4e2d a")]
    [InlineData("""{"do_lower_case":false}""", "caf\u00e9 A", "caf\u00e9 A")]
    [InlineData("""{"strip_accents":false}""", "Caf\u00c9", "caf\u00e9")]
    [InlineData("""{"do_lower_case":false,"strip_accents":true}""", "Caf\u00c9", "CafE")]
    [InlineData("""{"tokenize_chinese_chars":false}""", "a\u4e2d\u6587", "a\u4e2d\u6587")]
    public void The_settings_of_the_model_are_followed(string settings, string text, string expected)
    {
        using var json = JsonDocument.Parse(settings);

        Assert.Equal(expected, BertNormalizer.Of(json.RootElement).Normalize(text));
    }
}
