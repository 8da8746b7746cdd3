using System.Collections.Immutable;
using System.Text;

namespace LlmCascade.Persistence;

/// <summary>Saves what a cascade has learned to one file, and loads it: all parts of it together.</summary>
internal sealed class CheckpointStore
{
    private readonly CheckpointFile _file;
    private readonly ImmutableSortedDictionary<string, ICheckpointed> _parts;
    private readonly Lock _saving = new();
    private long _captured;
    private long _saved;
    private volatile bool _isRejected;

    /// <summary>Initializes a store.</summary>
    /// <param name="path">The file. Its folder is made when something is saved.</param>
    /// <param name="parts">What is saved and loaded, each under a name that stays the same from version to version.</param>
    /// <param name="time">The clock; the system's when <see langword="null"/>.</param>
    public CheckpointStore(
        string path, IEnumerable<KeyValuePair<string, ICheckpointed>> parts, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
        _file = new CheckpointFile(Path, time ?? TimeProvider.System);
        _parts = parts.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }

    /// <summary>Saves the state as it is when this is called; the caller sees to it that nothing is being learned until it returns.</summary>
    /// <param name="cancellationToken">Stops before the former file is replaced.</param>
    /// <returns>A task that completes when the file has taken the place of the former one. Learning may go on before.</returns>
    /// <exception cref="CheckpointException">A part or the file cannot be written. The former file is as it was.</exception>
    /// <remarks>A file that the last read has rejected is kept beside the new one, with <c>.rejected</c> behind its name.</remarks>
    public Task SaveAsync(CancellationToken cancellationToken = default)
    {
        var (content, number) = Capture();
        return Task.Run(() => Save(content, number, cancellationToken), cancellationToken);
    }

    /// <summary>Does what <see cref="SaveAsync"/> does, and blocks until it is done.</summary>
    public void Save()
    {
        var (content, number) = Capture();
        Save(content, number, CancellationToken.None);
    }

    /// <summary>Reads all parts from the file, and changes nothing yet.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, is damaged, comes from a newer version, or holds a part that is unknown here or of another
    /// kind.
    /// </exception>
    public async Task<LoadedCheckpoint> ReadAsync(CancellationToken cancellationToken = default)
    {
        var installs = await Task.Run(Read, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return installs is null
            ? LoadedCheckpoint.Absent
            : new LoadedCheckpoint(
                true, [.. _parts.Keys.Except(installs.Keys)], () => Array.ForEach([.. installs.Values], install => install()));
    }

    private (ArraySegment<byte> Content, long Number) Capture()
    {
        try
        {
            return (CheckpointFormat.Pack(_parts), Interlocked.Increment(ref _captured));
        }
        catch (Exception e)
        {
            throw NotSaved(e);
        }
    }

    private void Save(ArraySegment<byte> content, long number, CancellationToken cancellationToken)
    {
        lock (_saving)
        {
            // A save that was overtaken would bring back an older state.
            if (number < _saved)
            {
                return;
            }

            try
            {
                if (_isRejected)
                {
                    _file.KeepRejected();
                    _isRejected = false;
                }

                _file.Replace(content, cancellationToken);
                _saved = number;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw NotSaved(e);
            }
        }
    }

    private Dictionary<string, Action>? Read()
    {
        _isRejected = false;
        try
        {
            return _file.Read() is { } content
                ? CheckpointFormat.Unpack(content).ToDictionary(part => part.Name, ReadPart, StringComparer.Ordinal)
                : null;
        }
        catch (Exception e) when (e is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                Path, $"cannot be read: {e.Message.TrimEnd('.')}", "Let the application read the file, or name another one.", e);
        }
        catch (InvalidDataException e)
        {
            throw Reject(e.Message, e);
        }
    }

    private Action ReadPart(CheckpointPart part)
    {
        if (!_parts.TryGetValue(part.Name, out var state))
        {
            throw Reject($"holds the part '{part.Name}', which this cascade does not have; it has {string.Join(", ", _parts.Keys.Select(name => $"'{name}'"))}");
        }

        if (part.Kind != state.Kind)
        {
            throw Reject($"holds the part '{part.Name}' of kind '{part.Kind}', where this cascade has one of kind '{state.Kind}'");
        }

        if (part.Version < 1 || part.Version > state.Version)
        {
            throw Reject($"holds the part '{part.Name}' ({part.Kind}) in version {part.Version}, and this version of LlmCascade reads 1 to {state.Version}");
        }

        using var stream = new MemoryStream(part.Bytes.Array!, part.Bytes.Offset, part.Bytes.Count, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        Action install;
        try
        {
            install = state.Read(reader, part.Version);
        }
        catch (Exception e)
        {
            throw Reject($"holds the part '{part.Name}' ({part.Kind}), which cannot be read: {e.Message.TrimEnd('.')}", e);
        }

        return stream.Position == stream.Length
            ? install
            : throw Reject($"holds the part '{part.Name}' ({part.Kind}), of which {stream.Length - stream.Position} of {stream.Length} bytes were not read");
    }

    private CheckpointException NotSaved(Exception cause) =>
        new(Path, $"cannot be saved: {cause.Message.TrimEnd('.')}", "What was saved before is as it was.", cause);

    // Who begins untrained after all, for example while an older version runs again, must not overwrite what was learned.
    private CheckpointException Reject(string problem, Exception? cause = null)
    {
        _isRejected = true;
        return new(
            Path,
            problem,
            "Restore it from a copy, go back to the version and the set-up that saved it, or move it away to begin untrained.",
            cause);
    }
}
