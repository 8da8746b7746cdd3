using System.Diagnostics.CodeAnalysis;
using LlmCascade.Students;

namespace LlmCascade;

/// <summary>Makes a BERT encoder a student.</summary>
[Experimental("LLMC001")]
public static class BertStudentOptionsExtensions
{
    /// <summary>Makes the student a BERT encoder that is fine-tuned on line.</summary>
    /// <param name="student">The options of the student.</param>
    /// <param name="folder">
    /// The folder of the model as Hugging Face has them: <c>config.json</c>, <c>vocab.txt</c> and <c>model.safetensors</c>,
    /// with weights in single precision, half precision or bfloat16. It is read when the cascade is built.
    /// </param>
    /// <param name="configure">Says how it learns.</param>
    /// <returns><paramref name="student"/>.</returns>
    /// <remarks>
    /// The process needs a native library: refer to TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows.
    /// Building the cascade fails with what was wrong and what is allowed where that is missing, the folder holds no such
    /// model, or an option is outside its range.
    /// </remarks>
    public static StudentOptions UseBert(this StudentOptions student, string folder, Action<BertOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        student.Create = (labels, seed) =>
        {
            var options = new BertOptions();
            configure?.Invoke(options);
            return BertStudent.Load(folder, labels, options, seed);
        };
        return student;
    }
}
