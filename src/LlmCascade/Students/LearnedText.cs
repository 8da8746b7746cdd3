namespace LlmCascade.Students;

/// <summary>A demonstration as a trainer keeps it: numbers of features instead of a text.</summary>
internal sealed class LearnedText
{
    /// <summary>Gets the numbers of its features in the trainer's vocabulary, none twice.</summary>
    public required int[] Features { get; init; }

    /// <summary>Gets its embedding; empty where texts are known by their words alone.</summary>
    public float[] Embedding { get; set; } = [];

    public required int Label { get; init; }

    /// <summary>Gets which lesson it was, from 0.</summary>
    public required long Lesson { get; init; }

    /// <summary>Gets the probabilities that stand for its dual variables. Those of its own label alone: it has no say yet.</summary>
    public required double[] Estimate { get; init; }

    /// <summary>Gets what its scores are multiplied by, which makes all texts equally long.</summary>
    public double Scale { get; set; }

    /// <summary>Gets how far its own scores move with its dual variables, for each class.</summary>
    public double[] Reach { get; set; } = [];

    public static double[] NoSay(int label, int classCount)
    {
        var estimate = new double[classCount];
        estimate[label] = 1;
        return estimate;
    }
}
