namespace LlmCascade.Evaluation;

/// <summary>Who labels the stream.</summary>
public enum ReplayMethod
{
    /// <summary>An online cascade: students answer what they are sure of and learn from the expert.</summary>
    Cascade,

    /// <summary>One student, trained on the expert's labels of other items before the stream begins, which then answers alone.</summary>
    Distilled,

    /// <summary>A tier or the expert, drawn at random for each item with fixed shares; students learn from the expert.</summary>
    Ensemble,

    /// <summary>The expert for items that chance picks, otherwise the label that it gave most often so far: what any method has to beat.</summary>
    Random,
}
