using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Calibration;

/// <summary>What the probabilities of a calibrator are worth.</summary>
[Experimental("LLMC005")]
public enum CalibrationState
{
    /// <summary>Too few lessons were learned: there are no probabilities.</summary>
    Untrained,

    /// <summary>They were learned from lessons about what is asked today.</summary>
    Calibrated,

    /// <summary>They were learned, at least in part, while a member was another model than today.</summary>
    Uncertified,
}
