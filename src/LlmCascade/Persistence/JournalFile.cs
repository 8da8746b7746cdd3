using Microsoft.Win32.SafeHandles;

namespace LlmCascade.Persistence;

/// <summary>Reads any part of a file, also while somebody else writes at its end or puts another one into its place.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int ReadAhead = 1 << 18;

    private readonly SafeFileHandle _handle;
    private byte[] _buffer = new byte[ReadAhead];
    private long _start;
    private int _count;

    public JournalFile(string path) =>
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Reads bytes, which stay as they are until the next call.</summary>
    /// <param name="position">Where they begin.</param>
    /// <param name="count">How many.</param>
    /// <returns>The bytes; fewer where the file ends before.</returns>
    public ReadOnlySpan<byte> Read(long position, int count)
    {
        if (position < _start || position + count > _start + _count)
        {
            Fill(position, count);
        }

        var offset = (int)Math.Min(position - _start, _count);
        return _buffer.AsSpan(offset, Math.Min(count, _count - offset));
    }

    /// <summary>Forgets what was read ahead.</summary>
    public void Forget() => _count = 0;

    public void Dispose() => _handle.Dispose();

    private void Fill(long position, int count)
    {
        if (_buffer.Length < count)
        {
            _buffer = new byte[Math.Max(count, 2 * _buffer.Length)];
        }

        (_start, _count) = (position, 0);
        while (_count < _buffer.Length && RandomAccess.Read(_handle, _buffer.AsSpan(_count), _start + _count) is > 0 and var read)
        {
            _count += read;
        }
    }
}
