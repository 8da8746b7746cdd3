namespace LlmCascade.Persistence;

/// <summary>Sees to it that one process, and one owner in it, writes a journal. It ends with the process, however that ends.</summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="JournalException">Somebody else writes it, or the folder cannot be written to.</exception>
    public JournalLock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);

            // The file stays: who deleted it could take it from under one who has just opened it.
            _file = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw File.Exists(path + ".lock") && e is IOException
                ? new JournalException(
                    path,
                    "is being written by another process, or by another object of this one",
                    "Open it read-only to follow that one, or write a journal of your own and merge.",
                    e)
                : new JournalException(path, $"cannot be written: {e.Message.TrimEnd('.')}", "Let the application write to the folder, or open the journal read-only.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
