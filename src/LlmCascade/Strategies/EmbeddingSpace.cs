using System.Globalization;
using System.Numerics.Tensors;
using LlmCascade.Embeddings;

namespace LlmCascade.Strategies;

/// <summary>Tells the embeddings of one model apart from those of all others, by how it embeds two texts.</summary>
/// <param name="Model">What the generator says of its model; empty where it says nothing.</param>
/// <param name="Probes">The embeddings of the two texts; of the short one alone where the model refuses long texts.</param>
internal sealed record EmbeddingSpace(string Model, float[][] Probes)
{
    // Other processors round in another way; other models are far away, also another precision of the same one.
    private const float LargestDistance = 0.02f;

    // One that shows how a model cuts words, and one that shows where it cuts texts.
    private static readonly string[] _texts =
    [
        "Größe XL: 42 € for parcel no. 7, naïve café, 東京, can't re-open?",
        string.Join(' ', Enumerable.Range(1, 700).Select(i => i.ToString(CultureInfo.InvariantCulture))),
    ];

    public int Dimensions => Probes[0].Length;

    /// <summary>Gets how the space is named to people.</summary>
    public string Name => Model.Length > 0 ? Model : $"a model without a name ({Dimensions})";

    /// <exception cref="InvalidOperationException">The embeddings have different lengths.</exception>
    public static async Task<EmbeddingSpace> OfAsync(TextEmbedder embedder, CancellationToken cancellationToken)
    {
        var probes = await ProbeAsync(embedder, cancellationToken).ConfigureAwait(false);
        return Array.TrueForAll(probes, probe => probe.Length == probes[0].Length)
            ? new EmbeddingSpace(embedder.Model, probes)
            : throw new InvalidOperationException($"The embedding generator gave embeddings of {string.Join(" and ", probes.Select(probe => probe.Length))} numbers, which cannot be compared.");
    }

    /// <summary>Tells whether embeddings of both can be compared.</summary>
    public bool IsSame(EmbeddingSpace other) =>
        Dimensions == other.Dimensions
        && Probes.Zip(other.Probes).All(pair => TensorPrimitives.Distance<float>(pair.First, pair.Second) <= LargestDistance);

    public byte[] Pack()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Model);
        writer.Write(Probes.Length);
        writer.Write(Dimensions);
        foreach (var number in Probes.SelectMany(probe => probe))
        {
            writer.Write(number);
        }

        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes make no sense; the message completes "The journal …".</exception>
    public static EmbeddingSpace Unpack(ReadOnlyMemory<byte> bytes)
    {
        using var stream = new MemoryStream(bytes.ToArray());
        using var reader = new BinaryReader(stream);
        try
        {
            var model = reader.ReadString();
            var (probes, dimensions) = (reader.ReadInt32(), reader.ReadInt32());
            if (probes < 1 || dimensions < 1 || (long)probes * dimensions * sizeof(float) != stream.Length - stream.Position)
            {
                throw new InvalidDataException($"says nothing sensible about its embeddings ({probes} of {dimensions} numbers)");
            }

            return new EmbeddingSpace(model, [.. Enumerable.Range(0, probes).Select(_ => Enumerable.Range(0, dimensions).Select(_ => reader.ReadSingle()).ToArray())]);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("says nothing sensible about its embeddings", e);
        }
    }

    private static async Task<float[][]> ProbeAsync(TextEmbedder embedder, CancellationToken cancellationToken)
    {
        try
        {
            return await embedder.EmbedAsync(_texts, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Some refuse a text that they would have to cut.
            return await embedder.EmbedAsync(_texts[..1], cancellationToken).ConfigureAwait(false);
        }
    }
}
