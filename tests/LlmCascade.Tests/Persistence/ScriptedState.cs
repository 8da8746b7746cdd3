namespace LlmCascade.Tests.Persistence;

/// <summary>A state that holds a text, and whose kind and version a test chooses.</summary>
internal sealed class ScriptedState(string text, string kind = "text", int version = 1) : ICheckpointed
{
    public string Kind => kind;

    public int Version => version;

    public string Text { get; set; } = text;

    /// <summary>Gets the version that was read last.</summary>
    public int ReadVersion { get; private set; }

    /// <summary>Gets or sets what is done instead of reading.</summary>
    public Func<BinaryReader, Action>? OnRead { get; set; }

    public void Write(BinaryWriter writer) => writer.Write(Text);

    public Action Read(BinaryReader reader, int version)
    {
        ReadVersion = version;
        if (OnRead is not null)
        {
            return OnRead(reader);
        }

        var text = reader.ReadString();
        return () => Text = text;
    }
}
