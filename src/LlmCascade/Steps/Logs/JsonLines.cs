using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LlmCascade.Steps.Logs;

/// <summary>Files of one JSON object a line, each of which names its format.</summary>
internal static class JsonLines
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task WriteAsync<TLine>(Stream stream, IEnumerable<TLine> lines, JsonTypeInfo<TLine> type, CancellationToken cancellationToken)
    {
        foreach (var line in lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, type), (byte)'\n'];
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }

        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async IAsyncEnumerable<T> ReadAsync<TLine, T>(
        Stream stream, string format, JsonTypeInfo<TLine> type, Func<TLine, T> convert, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, _strict, leaveOpen: true);
        for (var number = 1; await ReadLineAsync(reader, number, cancellationToken).ConfigureAwait(false) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(line, number, format, type, convert);
            }
        }
    }

    private static async ValueTask<string?> ReadLineAsync(StreamReader reader, int number, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DecoderFallbackException e)
        {
            // The reader decodes a block at a time, so the place is that of the block.
            throw new InvalidDataException($"Line {number} or one of the next: the text is not UTF-8.", e);
        }
    }

    private static T Parse<TLine, T>(string line, int number, string format, JsonTypeInfo<TLine> type, Func<TLine, T> convert)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Mistake(number, "there is no JSON object");
            }

            // The format decides what else may be there, so it is looked at first.
            if (!json.RootElement.TryGetProperty("format", out var named) || named.ValueKind != JsonValueKind.String)
            {
                throw Mistake(number, "there is no \"format\"");
            }

            return named.ValueEquals(format)
                ? convert(json.RootElement.Deserialize(type)!)
                : throw Mistake(number, $"the format is '{named.GetString()}', and '{format}' is what can be read");
        }
        catch (JsonException e)
        {
            throw Mistake(number, $"{(e.Path is { } path ? $"at {path}, " : "")}{FirstSentence(e.Message)}", e);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or InvalidOperationException)
        {
            throw Mistake(number, FirstSentence(e.Message), e);
        }
    }

    private static string FirstSentence(string message) => message.Split([". ", " ("], StringSplitOptions.None)[0].TrimEnd('.');

    private static InvalidDataException Mistake(int number, string what, Exception? inner = null) => new($"Line {number}: {what}.", inner);
}
