using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmCascade.Bert;
using LlmCascade.Calibration;

namespace LlmCascade.Tests.Encoders;

/// <summary>A folder with an encoder of two small layers and random weights.</summary>
internal sealed class TinyBert : IDisposable
{
    public static readonly BertConfig Config = new(Hidden: 16, Layers: 2, Heads: 2, Intermediate: 32, Vocabulary: 64) { Positions = 40 };

    private static readonly string[] _words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "fine", "poor", "day", "night", "a", "the", "##s"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiny-bert-");

    public TinyBert()
    {
        File.WriteAllText(PathOf("config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"model_type":"bert","hidden_size":{{Config.Hidden}},"num_hidden_layers":{{Config.Layers}},"num_attention_heads":{{Config.Heads}},
             "intermediate_size":{{Config.Intermediate}},"vocab_size":{{Config.Vocabulary}},"max_position_embeddings":{{Config.Positions}}}
            """));
        File.WriteAllLines(PathOf("vocab.txt"), _words.Concat(Enumerable.Range(_words.Length, Config.Vocabulary - _words.Length).Select(i => $"word{i}")));
    }

    public string Path => _folder.FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes random weights.</summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="nameOf">Gives the names in the file.</param>
    public TinyBert WriteWeights(string type = "F32", Func<string, string>? nameOf = null)
    {
        var random = new SplitMix(7);
        var size = type == "F32" ? 4 : 2;
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (var place in new WeightLayout(Config, 2, hasPooler: true).All.Where(place => !place.Name.StartsWith("classifier", StringComparison.Ordinal)))
        {
            header[nameOf?.Invoke(place.Name) ?? place.Name] = new { dtype = type, shape = place.Shape, data_offsets = new[] { data.Length, data.Length + (place.Length * size) } };
            var bytes = new byte[4];
            for (var i = 0; i < place.Length; i++)
            {
                var value = (float)(random.NextDouble() - 0.5);
                var bits = type switch
                {
                    "F32" => BitConverter.SingleToUInt32Bits(value),
                    "F16" => BitConverter.HalfToUInt16Bits((Half)value),
                    _ => BitConverter.SingleToUInt32Bits(value) >> 16,
                };
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, bits);
                data.Write(bytes, 0, size);
            }
        }

        WriteSafetensors(JsonSerializer.Serialize(header), data.ToArray());
        return this;
    }

    public void WriteSafetensors(string header, byte[] data)
    {
        using var writer = new BinaryWriter(File.Create(PathOf("model.safetensors")));
        var bytes = Encoding.UTF8.GetBytes(header);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
        writer.Write(data);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
