namespace LlmCascade.Persistence;

/// <summary>An append-only file of records that one owner writes: whoever reads it, at whatever moment, finds whole records.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class Journal : IDisposable
{
    private readonly JournalLock _lock;
    private readonly string _kind;
    private readonly bool _flushToDisk;
    private JournalWriter? _writer;
    private Guid _id;

    /// <summary>Becomes the writer of a journal, which need not exist yet.</summary>
    /// <param name="path">The full path. Its folder is made.</param>
    /// <param name="kind">What it is about.</param>
    /// <param name="flushToDisk">Whether what is committed survives that the power fails.</param>
    /// <exception cref="JournalException">Somebody else writes it.</exception>
    public Journal(string path, string kind, bool flushToDisk)
    {
        // A link is another name of the same journal, and stays a link.
        Path = path;
        Tell(() => Path = RealPath.Of(path));
        _kind = kind;
        _flushToDisk = flushToDisk;
        _lock = new JournalLock(Path);
    }

    public string Path { get; private set; }

    public bool Exists => File.Exists(Path);

    /// <summary>Gets who writes it, once it has been read or made.</summary>
    public Guid WriterId { get; private set; }

    /// <summary>Gets its length in bytes.</summary>
    public long Length => _writer!.Length;

    /// <summary>Reads it from its beginning, and cuts off what a killed writer has left unfinished.</summary>
    /// <param name="read">Takes the header, and gives what takes each record.</param>
    /// <exception cref="JournalException">It is damaged.</exception>
    public void Read(Func<JournalHeader, JournalReader, Action<ReadOnlySpan<byte>>> read)
    {
        using (var reader = new JournalReader(Path, _kind))
        {
            var take = read(reader.Header, reader);
            while (reader.TryRead(out var content))
            {
                take(content);
            }

            Tell(() =>
            {
                WriterId = JournalWriterId.Take(Path, reader.Position, reader.LastChecksum);
                _id = reader.Header.Id;
                _writer = JournalWriter.Continue(Path, _id, reader.Position, reader.LastChecksum);
            });
        }
    }

    /// <summary>Adds a record to what is committed next.</summary>
    public void Add(ReadOnlySpan<byte> content) => _writer!.Add(content);

    /// <summary>Writes what was added, all of it or nothing.</summary>
    /// <exception cref="JournalException">It could not be written.</exception>
    public void Commit() => Tell(() => _writer!.Commit(_flushToDisk));

    /// <summary>Puts other content into its place, at once.</summary>
    /// <param name="headerContent">What its owner wants to know before the first record.</param>
    /// <param name="write">Adds the records.</param>
    /// <exception cref="JournalException">It could not be written. The former content is as it was.</exception>
    public void Replace(ReadOnlyMemory<byte> headerContent, Action<Action<ReadOnlySpan<byte>>> write) => Tell(() =>
    {
        const int Enough = 1 << 20;
        var temporary = Path + ".tmp";
        var header = new JournalHeader(Guid.NewGuid(), _kind, headerContent);
        long length;
        ulong checksum;
        try
        {
            using var writer = JournalWriter.Create(temporary, header);
            write(content =>
            {
                writer.Add(content);
                if (writer.Pending >= Enough)
                {
                    writer.Commit(flushToDisk: false);
                }
            });

            // Always: a file that has taken the place of another one must not be empty after the power failed.
            writer.Commit(flushToDisk: true);
            (length, checksum) = (writer.Length, writer.LastChecksum);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        TakePlace(temporary);
        _id = header.Id;
        _writer = JournalWriter.Continue(Path, _id, length, checksum);
        if (_flushToDisk)
        {
            _writer.FlushToDisk();
        }

        WriterId = WriterId == default ? Guid.NewGuid() : WriterId;
    });

    public void Dispose()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            writer.Dispose();
            Keep(writer);
        }

        _lock.Dispose();
    }

    // Some systems do not replace a file that is open.
    private void TakePlace(string temporary)
    {
        _writer?.Dispose();
        try
        {
            File.Move(temporary, Path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            _writer = _writer is null ? null : JournalWriter.Continue(Path, _id, _writer.Length, _writer.LastChecksum);
            throw;
        }
    }

    // Without it, the next one gets a new id: that costs a few bytes.
    private void Keep(JournalWriter writer)
    {
        try
        {
            JournalWriterId.Keep(Path, writer.Length, writer.LastChecksum, WriterId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void Tell(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException and not JournalException or UnauthorizedAccessException)
        {
            throw new JournalException(
                Path, $"cannot be written: {e.Message.TrimEnd('.')}", "What was acknowledged before is as it was; this was not.", e);
        }
    }
}
