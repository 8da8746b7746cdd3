namespace LlmCascade.Persistence;

/// <summary>Reads a file whole, and replaces it whole: whoever looks, at whatever moment, finds the old content or the new.</summary>
/// <remarks>Also after the power failed; but then the old content may be back, because the folder is not flushed.</remarks>
/// <param name="path">The full path of the file.</param>
/// <param name="time">The clock that tells which temporary files nobody is writing any more.</param>
internal sealed class CheckpointFile(string path, TimeProvider time)
{
    private const string TemporaryExtension = ".tmp";

    // Long enough for the slowest disk: another process may be saving to the same file.
    private static readonly TimeSpan _abandonedAfter = TimeSpan.FromMinutes(10);

    private readonly string _folder = Path.GetDirectoryName(path)!;
    private readonly string _name = Path.GetFileName(path);
    private DateTimeOffset _lookedForAbandonedAt;

    /// <summary>Reads the file.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    public byte[]? Read()
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Copies the file, if it is still there, with <c>.rejected</c> behind its name, in place of an older copy.</summary>
    public void KeepRejected()
    {
        if (File.Exists(path))
        {
            File.Copy(path, path + ".rejected", overwrite: true);
        }
    }

    /// <summary>Replaces the file, or leaves it as it is when that fails or is cancelled.</summary>
    public void Replace(ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        if (time.GetUtcNow() - _lookedForAbandonedAt >= _abandonedAfter)
        {
            DeleteAbandoned();
        }

        // In the same folder, because only within one file system a file takes the place of another at once.
        var temporary = $"{path}.{Guid.NewGuid():N}{TemporaryExtension}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    // What a process that was killed has left behind.
    private void DeleteAbandoned()
    {
        _lookedForAbandonedAt = time.GetUtcNow();
        var limit = _lookedForAbandonedAt - _abandonedAfter;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles($"{_name}.*{TemporaryExtension}"))
        {
            if (file.LastWriteTimeUtc < limit)
            {
                TryDelete(file.FullName);
            }
        }
    }

    // A leftover takes room and does no harm.
    private static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
