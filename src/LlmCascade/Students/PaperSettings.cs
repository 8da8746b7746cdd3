using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Students;

/// <summary>The settings of the paper's own mode: a weight of costs, and one row of its tables per student.</summary>
/// <param name="CostWeight">The weight μ of costs against losses, at least 0. The larger it is, the less the expert is asked.</param>
/// <param name="Students">The students, in the order in which they are asked.</param>
[Experimental("LLMC001")]
public sealed record PaperSettings(double CostWeight, ImmutableArray<PaperStudent> Students)
{
    /// <summary>The cost of GPT-3.5 in units of a BERT-base, by which the paper's table 3 goes.</summary>
    public const double Gpt35Cost = 1182;

    /// <summary>The cost of Llama 2 70B in units of a BERT-base, by which the paper's table 4 goes.</summary>
    public const double Llama2Cost = 636;
}
