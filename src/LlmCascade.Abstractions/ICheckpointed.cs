using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Something learned that survives a restart: it writes its state as bytes, and reads them back.</summary>
/// <remarks>
/// <para>
/// One thread calls at a time, and only while nothing is being learned. Requests may be answered meanwhile, from what
/// was learned before.
/// </para>
/// <para>
/// Who reads what was written continues exactly as if it had never stopped. So everything belongs into the bytes that
/// learning depends on: weights, moments, demonstrations, counters, the state of random draws.
/// </para>
/// </remarks>
[Experimental("LLMC001")]
public interface ICheckpointed
{
    /// <summary>Gets what kind of state this is: a stable name, such as <c>logistic-student</c>.</summary>
    /// <value>Not empty, at most 200 characters. Bytes of another kind are never read.</value>
    string Kind { get; }

    /// <summary>Gets the version of the bytes that <see cref="Write"/> writes.</summary>
    /// <value>At least 1, and one more whenever the layout or the meaning of the bytes changes.</value>
    int Version { get; }

    /// <summary>Writes the state.</summary>
    /// <param name="writer">Where the bytes go. It stays open.</param>
    void Write(BinaryWriter writer);

    /// <summary>Reads what <see cref="Write"/> has written, and changes nothing yet.</summary>
    /// <param name="reader">The bytes, all of which are read. They are undamaged; they may come from another set-up.</param>
    /// <param name="version">The version in which they were written: <see cref="Version"/>, or any older one.</param>
    /// <returns>
    /// The action that makes what was read the state. It is called once everything else was read as well, so that
    /// nothing is loaded in part. It does not fail.
    /// </returns>
    /// <exception cref="InvalidDataException">The bytes make no sense, or do not fit: the message says what was found and what was expected.</exception>
    Action Read(BinaryReader reader, int version);
}
