namespace LlmCascade.Bert;

/// <summary>A weight of an encoder, and where it lies among all of them.</summary>
/// <param name="Name">Its name, as Hugging Face has it.</param>
/// <param name="Group">The part of the encoder that learns at one rate: 0 for the embeddings, then the layers, the pooler and the head.</param>
/// <param name="Offset">Where it begins, in numbers.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record WeightPlace(string Name, int Group, long Offset, long[] Shape)
{
    public long Length => Shape.Aggregate(1L, (product, size) => product * size);

    public long End => Offset + Length;
}

/// <summary>Where the weights of an encoder with a classification head lie in one block of memory: from the embeddings up to the head.</summary>
internal sealed class WeightLayout
{
    public const string HeadWeight = "classifier.weight";
    public const string HeadBias = "classifier.bias";

    private readonly List<WeightPlace> _all = [];

    public WeightLayout(BertConfig config, int classes, bool hasPooler)
    {
        Groups = config.Layers + (hasPooler ? 3 : 2);
        Add("embeddings.word_embeddings.weight", 0, config.Vocabulary, config.Hidden);
        Add("embeddings.position_embeddings.weight", 0, config.Positions, config.Hidden);
        Add("embeddings.token_type_embeddings.weight", 0, config.Types, config.Hidden);
        AddNorm("embeddings.LayerNorm", 0, config.Hidden);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            AddLayer($"encoder.layer.{layer}", layer + 1, config);
        }

        if (hasPooler)
        {
            AddLinear("pooler.dense", config.Layers + 1, config.Hidden, config.Hidden);
        }

        Add(HeadWeight, Groups - 1, classes, config.Hidden);
        Add(HeadBias, Groups - 1, classes);
    }

    public IReadOnlyList<WeightPlace> All => _all;

    /// <summary>Gets how many groups there are.</summary>
    public int Groups { get; }

    /// <summary>Gets how many numbers there are.</summary>
    public long Length { get; private set; }

    /// <summary>Finds where a group begins.</summary>
    public long StartOf(int group) => group >= Groups ? Length : _all.First(place => place.Group == group).Offset;

    private void AddLayer(string name, int group, BertConfig config)
    {
        foreach (var part in new[] { "query", "key", "value" })
        {
            AddLinear($"{name}.attention.self.{part}", group, config.Hidden, config.Hidden);
        }

        AddLinear($"{name}.attention.output.dense", group, config.Hidden, config.Hidden);
        AddNorm($"{name}.attention.output.LayerNorm", group, config.Hidden);
        AddLinear($"{name}.intermediate.dense", group, config.Intermediate, config.Hidden);
        AddLinear($"{name}.output.dense", group, config.Hidden, config.Intermediate);
        AddNorm($"{name}.output.LayerNorm", group, config.Hidden);
    }

    private void AddLinear(string name, int group, int outputs, int inputs)
    {
        Add($"{name}.weight", group, outputs, inputs);
        Add($"{name}.bias", group, outputs);
    }

    private void AddNorm(string name, int group, int size)
    {
        Add($"{name}.weight", group, size);
        Add($"{name}.bias", group, size);
    }

    private void Add(string name, int group, params long[] shape)
    {
        _all.Add(new WeightPlace(name, group, Length, shape));
        Length = _all[^1].End;
    }
}
