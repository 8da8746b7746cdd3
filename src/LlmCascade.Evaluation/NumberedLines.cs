using System.IO.Compression;
using System.Text;

namespace LlmCascade.Evaluation;

/// <summary>The lines of a UTF-8 file, unpacked where its name ends with <c>.gz</c>; mistakes are told with file and line.</summary>
internal sealed class NumberedLines : IDisposable
{
    private const byte End = 0;

    private readonly string _path;
    private readonly StreamReader _reader;

    public NumberedLines(string path)
    {
        _path = path;
        Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(ReadWhole(path), CompressionMode.Decompress)
            : File.OpenRead(path);
        _reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
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

    // GZipStream takes data that is cut for data that ends, and a shorter stream would be measured without a word. One
    // more member behind the file's own is reached only where these are whole.
    private static MemoryStream ReadWhole(string path)
    {
        var packed = new MemoryStream();
        using (var file = File.OpenRead(path))
        {
            file.CopyTo(packed);
        }

        var length = packed.Length;
        using (var end = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            end.WriteByte(End);
        }

        packed.Position = 0;
        if (!EndsWhole(packed))
        {
            throw Mistake(path, 0, "the gzip data is broken");
        }

        packed.SetLength(length);
        packed.Position = 0;
        return packed;
    }

    private static bool EndsWhole(MemoryStream packed)
    {
        try
        {
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            var buffer = new byte[64 * 1024];
            byte last = End + 1;
            while (unpacked.Read(buffer) is > 0 and var read)
            {
                last = buffer[read - 1];
            }

            return last == End;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
