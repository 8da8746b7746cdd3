using System.Runtime.InteropServices;
using LlmCascade.Calibration;
using static TorchSharp.torch;

namespace LlmCascade.Bert;

internal sealed partial class BertTrainer
{
    /// <summary>Writes everything that learning depends on. What never changes is not written.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_random.State);
        writer.Write(_due);
        writer.Write(Steps);
        writer.Write(Weights.Trained.shape[0]);
        Write(writer, Weights.Trained);
        Optimizer.Write(writer);
        writer.Write(_demonstrations.Count);
        foreach (var each in _demonstrations)
        {
            writer.Write(each.Label);
            writer.Write(each.Tokens.Length);
            foreach (var token in each.Tokens)
            {
                writer.Write7BitEncodedInt(token);
            }
        }
    }

    /// <summary>Reads what <see cref="Write(BinaryWriter)"/> has written into a trainer that has learned nothing.</summary>
    /// <exception cref="InvalidDataException">The bytes make no sense, or do not fit.</exception>
    public void Read(BinaryReader reader, int labels)
    {
        _random = new SplitMix(reader.ReadUInt64());
        (_due, Steps) = (reader.ReadDouble(), reader.ReadInt64());
        var length = reader.ReadInt64();
        if (_due is not (>= 0 and <= 100) || Steps < 0)
        {
            throw new InvalidDataException($"It has gone over {Steps} demonstrations, and {_due} steps are due.");
        }

        if (length != Weights.Trained.shape[0])
        {
            throw new InvalidDataException($"It has {length} weights that learn, where this student has {Weights.Trained.shape[0]}.");
        }

        Read(reader, Weights.Trained);
        Optimizer.Read(reader);
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var (label, tokens) = (reader.ReadInt32(), reader.ReadInt32());
            if ((uint)label >= (uint)labels || tokens < 2 || tokens > _config.Positions)
            {
                throw new InvalidDataException($"A demonstration has the label {label} and {tokens} tokens.");
            }

            var numbers = new int[tokens];
            foreach (ref var number in numbers.AsSpan())
            {
                number = reader.Read7BitEncodedInt();
                if ((uint)number >= (uint)_config.Vocabulary)
                {
                    throw new InvalidDataException($"A demonstration has the token {number}, and there are {_config.Vocabulary}.");
                }
            }

            _demonstrations.Add(new LearnedTokens(numbers, label));
        }
    }

    internal static void Write(BinaryWriter writer, Tensor numbers)
    {
        using var here = numbers.cpu();
        writer.Write(here.bytes);
    }

    internal static void Read(BinaryReader reader, Tensor numbers)
    {
        var values = new float[numbers.shape[0]];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        if (!Array.TrueForAll(values, float.IsFinite))
        {
            throw new InvalidDataException("Some of its weights are not finite.");
        }

        using var read = tensor(values);
        using var still = no_grad();
        numbers.copy_(read);
    }
}
