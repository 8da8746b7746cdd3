using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LlmCascade.Bert;

/// <summary>A file of tensors in the format safetensors: eight bytes with the length of a header, the header in JSON, the numbers.</summary>
internal sealed class Safetensors : IDisposable
{
    // As in the reference implementation.
    private const long LongestHeader = 100_000_000;
    private const int BufferSize = 1 << 16;

    private readonly FileStream _stream;
    private readonly string _path;
    private readonly long _start;
    private readonly JsonElement _header;

    private Safetensors(FileStream stream, string path, long start, JsonElement header)
    {
        _stream = stream;
        _path = path;
        _start = start;
        _header = header;
    }

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static Safetensors Open(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            Span<byte> prefix = stackalloc byte[sizeof(ulong)];
            var length = stream.Length < prefix.Length ? -1 : ReadLength(stream, prefix);
            if (length is < 2 or > LongestHeader || length + prefix.Length > stream.Length)
            {
                throw new InvalidDataException($"'{path}' is no safetensors file, or only the beginning of one.");
            }

            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new Safetensors(stream, path, prefix.Length + length, document.RootElement.Clone())
                : throw new InvalidDataException($"The header of '{path}' is no object.");
        }
        catch (Exception e)
        {
            stream.Dispose();
            throw e is JsonException ? new InvalidDataException($"The header of '{path}' is damaged: {e.Message}", e) : e;
        }
    }

    public bool Contains(string name) => _header.TryGetProperty(name, out _);

    /// <summary>Checks that a tensor can be read.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="InvalidDataException">It is missing, has another shape, is of a type that cannot be read, or is cut off.</exception>
    public void Check(string name, ReadOnlySpan<long> shape) => Find(name, shape);

    /// <summary>Reads a tensor.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <param name="target">As long as the shape says; overwritten.</param>
    /// <exception cref="InvalidDataException">It is missing, has another shape, is of a type that cannot be read, or is cut off.</exception>
    public void Read(string name, ReadOnlySpan<long> shape, Span<float> target)
    {
        var (type, begin) = Find(name, shape);
        _stream.Position = begin;
        if (type == "F32")
        {
            _stream.ReadExactly(MemoryMarshal.AsBytes(target));
            return;
        }

        var buffer = new byte[BufferSize];
        while (!target.IsEmpty)
        {
            var halves = MemoryMarshal.Cast<byte, ushort>(buffer.AsSpan(0, Math.Min(BufferSize, target.Length * sizeof(ushort))));
            _stream.ReadExactly(MemoryMarshal.AsBytes(halves));
            for (var i = 0; i < halves.Length; i++)
            {
                target[i] = type == "F16" ? (float)BitConverter.UInt16BitsToHalf(halves[i]) : BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
            }

            target = target[halves.Length..];
        }
    }

    public void Dispose() => _stream.Dispose();

    private static long ReadLength(Stream stream, Span<byte> bytes)
    {
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private (string Type, long Begin) Find(string name, ReadOnlySpan<long> shape)
    {
        if (!_header.TryGetProperty(name, out var entry))
        {
            throw new InvalidDataException($"'{_path}' has no tensor '{name}'.");
        }

        try
        {
            long[] given = [.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            if (!shape.SequenceEqual(given))
            {
                throw new InvalidDataException($"The tensor '{name}' of '{_path}' has the shape [{string.Join(", ", given)}], where [{string.Join(", ", shape.ToArray())}] is needed.");
            }

            var type = entry.GetProperty("dtype").GetString();
            var size = type switch
            {
                "F32" => sizeof(float),
                "F16" or "BF16" => sizeof(ushort),
                _ => throw new InvalidDataException($"The tensor '{name}' of '{_path}' has the type {type}; F32, F16 and BF16 can be read."),
            };
            var offsets = entry.GetProperty("data_offsets");
            var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
            return begin >= 0 && end >= begin && end <= _stream.Length - _start && end - begin == size * given.Aggregate(1L, (product, each) => product * each)
                ? (type, _start + begin)
                : throw new InvalidDataException($"The tensor '{name}' of '{_path}' is cut off, or longer than its shape says.");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The header of '{_path}' says nothing sensible about the tensor '{name}'.", e);
        }
    }
}
