using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>How a BERT student is loaded and fine-tuned on line.</summary>
/// <remarks>The defaults suit an encoder of about 20 million parameters that learns thousands of short texts on a processor.</remarks>
[Experimental("LLMC001")]
public sealed class BertOptions
{
    /// <summary>Gets or sets how many tokens of a text are read, the two at its ends included, at least 8. Of a longer text the beginning and the end are read, one half each.</summary>
    /// <value>64 by default. The time of a step grows about in proportion.</value>
    public int MaxTokens { get; set; } = 64;

    /// <summary>Gets or sets whether the first token speaks for a text, through the model's pooler, instead of the mean over all tokens.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool UsePooler { get; set; }

    /// <summary>Gets or sets whether the embeddings of words never change.</summary>
    /// <value><see langword="true"/> by default: they are half of a small model, and every step would go over all of them.</value>
    public bool FreezeEmbeddings { get; set; } = true;

    /// <summary>Gets or sets how many of the lowest layers never change, from 0 to all of them; above 0 the embeddings do not change either.</summary>
    /// <value>0 by default. With all of them only the head learns. What frozen layers say of a demonstration is computed once and kept.</value>
    public int FrozenLayers { get; set; }

    /// <summary>Gets or sets the learning rate of the highest layer, above 0 and below 1.</summary>
    /// <value>1e-4 by default.</value>
    public double LearningRate { get; set; } = 1e-4;

    /// <summary>Gets or sets by what the learning rate is multiplied from a layer to the one below it, above 0 and at most 1.</summary>
    /// <value>0.85 by default.</value>
    public double LayerDecay { get; set; } = 0.85;

    /// <summary>Gets or sets the learning rate of the head, above 0 and below 1.</summary>
    /// <value>1e-3 by default.</value>
    public double HeadLearningRate { get; set; } = 1e-3;

    /// <summary>Gets or sets over how many steps the learning rates rise to what they are, at least 0.</summary>
    /// <value>20 by default.</value>
    public int WarmUpSteps { get; set; } = 20;

    /// <summary>Gets or sets how many demonstrations a step learns, at least 1.</summary>
    /// <value>8 by default.</value>
    public int BatchSize { get; set; } = 8;

    /// <summary>Gets or sets how many of them are the latest; the others are drawn from all so far. From 0 to <see cref="BatchSize"/>.</summary>
    /// <value>3 by default.</value>
    public int RecentPerBatch { get; set; } = 3;

    /// <summary>Gets or sets how many steps are taken for each new demonstration, above 0.</summary>
    /// <value>0.5 by default: one step for two.</value>
    public double StepsPerDemonstration { get; set; } = 0.5;

    /// <summary>Gets or sets which share of the truth is spread over all labels, from 0 to below 1.</summary>
    /// <value>0.05 by default.</value>
    public double LabelSmoothing { get; set; } = 0.05;

    /// <summary>Gets or sets the share of states that are dropped while learning, from 0 to below 1.</summary>
    /// <value><see langword="null"/>, the default, takes what the model's configuration says.</value>
    public double? Dropout { get; set; }

    /// <summary>Gets or sets the norm to which longer gradients are shortened, above 0.</summary>
    /// <value>1 by default.</value>
    public double MaxGradientNorm { get; set; } = 1;

    /// <summary>Gets or sets how many demonstrations are kept, at least <see cref="BatchSize"/>: after that many, each new one takes the place of one at random.</summary>
    /// <value>20,000 by default.</value>
    public int Capacity { get; set; } = 20_000;

    /// <summary>Gets or sets what computes: <c>cpu</c>, <c>cuda</c>, or <c>cuda:1</c> for the second card.</summary>
    /// <value><c>cpu</c> by default.</value>
    public string Device { get; set; } = "cpu";

    internal void Validate(int layers)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Device);
        Check(MaxTokens >= 8, nameof(MaxTokens), MaxTokens, "at least 8");
        Check(FrozenLayers >= 0 && FrozenLayers <= layers, nameof(FrozenLayers), FrozenLayers, $"from 0 to the model's {layers} layers");
        Check(LearningRate is > 0 and < 1, nameof(LearningRate), LearningRate, "above 0 and below 1");
        Check(LayerDecay is > 0 and <= 1, nameof(LayerDecay), LayerDecay, "above 0 and at most 1");
        Check(HeadLearningRate is > 0 and < 1, nameof(HeadLearningRate), HeadLearningRate, "above 0 and below 1");
        Check(WarmUpSteps >= 0, nameof(WarmUpSteps), WarmUpSteps, "at least 0");
        Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Check(RecentPerBatch >= 0 && RecentPerBatch <= BatchSize, nameof(RecentPerBatch), RecentPerBatch, "from 0 to BatchSize");
        Check(StepsPerDemonstration is > 0 and <= 100, nameof(StepsPerDemonstration), StepsPerDemonstration, "above 0 and at most 100");
        Check(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "from 0 to below 1");
        Check(Dropout is null or (>= 0 and < 1), nameof(Dropout), Dropout, "from 0 to below 1");
        Check(MaxGradientNorm > 0, nameof(MaxGradientNorm), MaxGradientNorm, "above 0");
        Check(Capacity >= BatchSize, nameof(Capacity), Capacity, "at least BatchSize");
    }

    private static void Check(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(BertOptions)}.{name} must be {allowed}.");
        }
    }
}
