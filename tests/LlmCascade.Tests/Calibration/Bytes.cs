namespace LlmCascade.Tests.Calibration;

/// <summary>What a component writes of its state.</summary>
internal static class Bytes
{
    public static byte[] Of(Action<BinaryWriter> write)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    public static BinaryReader Reader(Action<BinaryWriter> write) => new(new MemoryStream(Of(write)));
}
