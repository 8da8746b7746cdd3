using LlmCascade.Encoders;

namespace LlmCascade.Bert;

/// <summary>The shape of a BERT encoder, as its <c>config.json</c> says.</summary>
internal sealed record BertConfig(int Hidden, int Layers, int Heads, int Intermediate, int Vocabulary)
{
    public int Positions { get; init; } = 512;

    public int Types { get; init; } = 2;

    public double Epsilon { get; init; } = 1e-12;

    public double HiddenDropout { get; init; } = 0.1;

    public double AttentionDropout { get; init; } = 0.1;

    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Gets how many weights there are, without embeddings: what a token costs.</summary>
    public long WeightsPerToken => Layers * ((4L * Hidden * Hidden) + (2L * Hidden * Intermediate));

    /// <summary>Reads the configuration of a model.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It makes no sense, or is that of another kind of model.</exception>
    public static BertConfig Read(ModelFolder folder)
    {
        var file = folder.Find("config.json");
        var settings = folder.ReadSettings("config.json");
        var type = settings.Text("model_type") ?? "bert";
        var activation = settings.Text("hidden_act") ?? "gelu";
        var positions = settings.Text("position_embedding_type") ?? "absolute";
        if ((type, activation, positions) != ("bert", "gelu", "absolute"))
        {
            throw new InvalidDataException($"'{file}' is that of a model of type {type} with {activation} and {positions} positions; bert with gelu and absolute positions can be used.");
        }

        var config = new BertConfig(Positive("hidden_size"), Positive("num_hidden_layers", most: 1_000), Positive("num_attention_heads"), Positive("intermediate_size"), Positive("vocab_size"))
        {
            Positions = settings.Number("max_position_embeddings") ?? 512,
            Types = settings.Number("type_vocab_size") ?? 2,
            Epsilon = settings.Fraction("layer_norm_eps") ?? 1e-12,
            HiddenDropout = settings.Fraction("hidden_dropout_prob") ?? 0.1,
            AttentionDropout = settings.Fraction("attention_probs_dropout_prob") ?? 0.1,
            InitializerRange = settings.Fraction("initializer_range") ?? 0.02,
        };
        return config.Hidden % config.Heads == 0 && config.Positions >= 2 && config.Types >= 1 && config.InitializerRange is >= 0 and <= 1 && config.Epsilon is > 0 and < 1 && config.HiddenDropout is >= 0 and < 1 && config.AttentionDropout is >= 0 and < 1
            ? config
            : throw new InvalidDataException($"'{file}' makes no sense: {config.Hidden} numbers in {config.Heads} heads, {config.Positions} positions, {config.Types} types, an epsilon of {config.Epsilon}, an initializer range of {config.InitializerRange}, dropouts of {config.HiddenDropout} and {config.AttentionDropout}.");

        int Positive(string name, int most = 1_000_000) => settings.Number(name) is > 0 and var number && number <= most
            ? number
            : throw new InvalidDataException($"'{file}' has no {name} between 1 and {most}.");
    }
}
