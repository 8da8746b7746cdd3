namespace LlmCascade.CrashTest;

/// <summary>A state whose bytes all follow from one number, so that a mixture of two saves shows.</summary>
public sealed class NumberedState : ICheckpointed
{
    public const int Length = 64 * 1024;

    public string Kind => "numbered";

    public int Version => 1;

    public int Number { get; set; }

    public static Dictionary<string, ICheckpointed> Parts(NumberedState first, NumberedState second) =>
        new() { ["first"] = first, ["second"] = second };

    public void Write(BinaryWriter writer)
    {
        writer.Write(Number);
        writer.Write(Bytes(Number));
    }

    public Action Read(BinaryReader reader, int version)
    {
        var number = reader.ReadInt32();
        return reader.ReadBytes(Length).AsSpan().SequenceEqual(Bytes(number))
            ? () => Number = number
            : throw new InvalidDataException($"The bytes are not those of number {number}.");
    }

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[Length];
        new Random(number).NextBytes(bytes);
        return bytes;
    }
}
