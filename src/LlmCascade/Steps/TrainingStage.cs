using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>The stages in which AdaSwitch trains its local model, as those who read the paper report them.</summary>
[Experimental("LLMC006")]
public enum TrainingStage
{
    /// <summary>The model learns to write steps, from right trajectories; what was observed is masked.</summary>
    SelfPractising,

    /// <summary>Trajectories in which a wrong step is followed by its correction, made by an exam.</summary>
    CollaborativeExamination,

    /// <summary>The model learns to judge and to repair: from the same trajectories with the wrong steps masked, and from questions whether a step is wrong.</summary>
    ReflectiveLearning,
}
