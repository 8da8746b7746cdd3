using System.IO.Compression;
using System.Text;

namespace LlmCascade.Evaluation;

/// <summary>The lines of a UTF-8 file, unpacked where its name ends with <c>.gz</c>; mistakes are told with file and line.</summary>
internal sealed class NumberedLines : IDisposable
{
    private readonly string _path;
    private readonly StreamReader _reader;

    public NumberedLines(string path)
    {
        _path = path;
        Stream file = File.OpenRead(path);
        _reader = new StreamReader(
            path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
    }

    /// <summary>Gets the number of the line that was read last; 0 before the first.</summary>
    public int Number { get; private set; }

    public string? Read()
    {
        try
        {
            var line = _reader.ReadLine();
            Number += line is null ? 0 : 1;
            return line;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{_path}, after line {Number}: the gzip data is broken.", e);
        }
        catch (DecoderFallbackException e)
        {
            // The reader decodes a block at a time, so the place is that of the block.
            throw new InvalidDataException($"{_path}, after line {Number}: the text is not UTF-8.", e);
        }
    }

    public InvalidDataException Mistake(string what) => Mistake(_path, Number, what);

    public static InvalidDataException Mistake(string path, int line, string what) =>
        new(line == 0 ? $"{path}: {what}." : $"{path}, line {line}: {what}.");

    public void Dispose() => _reader.Dispose();
}
