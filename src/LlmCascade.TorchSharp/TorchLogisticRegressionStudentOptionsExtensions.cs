using System.Diagnostics.CodeAnalysis;
using LlmCascade.Students;

namespace LlmCascade;

/// <summary>Makes a logistic regression whose weights lie on a device of TorchSharp a student.</summary>
[Experimental("LLMC001")]
public static class TorchLogisticRegressionStudentOptionsExtensions
{
    /// <summary>Lets the student look at words, as the one does that learns by default, with weights and learning on a device.</summary>
    /// <param name="student">The options of the student.</param>
    /// <param name="device">What computes: <c>cpu</c>, <c>cuda</c>, or <c>cuda:1</c> for the second card.</param>
    /// <returns><paramref name="student"/>.</returns>
    /// <remarks>
    /// It is for hosts that want learning on a card. On a processor the student that learns by default is as
    /// quick or quicker, and goes to the optimum, where this one takes a step for each demonstration. The process needs the native
    /// library of TorchSharp; building the cascade fails with what to do where that or the device is missing.
    /// </remarks>
    public static StudentOptions UseTorchLogisticRegression(this StudentOptions student, string device = "cpu")
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentException.ThrowIfNullOrWhiteSpace(device);
        student.Create = (labels, seed) => new TorchLogisticRegressionStudent(labels, seed, device);
        return student;
    }
}
