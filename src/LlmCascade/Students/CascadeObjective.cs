namespace LlmCascade.Students;

/// <summary>What one request is expected to cost a cascade of students: the objective J of Online Cascade Learning (arXiv 2402.04513).</summary>
/// <remarks>
/// J = Σ_i ( Π_{k&lt;i} d_k ) [ (1 - d_i) L_i + d_i μ c_i ]: student i is reached where all before it deferred, and then
/// either answers, at the price of its loss, or defers, at the price of the model that comes next. The expert's own loss is
/// none, since its answer is the truth.
/// </remarks>
internal static class CascadeObjective
{
    /// <summary>What a call of GPT-3.5 costs, in answers of a BERT-base; a cheaper expert, Llama 2 with 70 billion parameters, costs 636.</summary>
    public const double ExpertCost = 1182;

    // The logarithm of less than this would outweigh everything else that is learned.
    private const double LeastProbability = 1e-12;

    /// <summary>Finds the loss of a student that gave the truth a probability: the negative log-likelihood, at most 27.6.</summary>
    /// <param name="probability">What the student gave to the expert's label, from 0 to 1.</param>
    public static double Loss(double probability) => -Math.Log(Math.Max(probability, LeastProbability));

    /// <summary>Finds J and how it changes with each student's probability of deferring.</summary>
    /// <param name="deferrals">The probability d_i with which each student defers, in the order in which they are asked.</param>
    /// <param name="losses">The loss L_i of each student.</param>
    /// <param name="costs">The cost c_i of the model that comes after each student; the last is the expert's.</param>
    /// <param name="weight">The weight μ of costs against losses.</param>
    /// <param name="gradient">Receives dJ/dd_i.</param>
    /// <returns>J.</returns>
    /// <exception cref="ArgumentException">The numbers of students differ.</exception>
    public static double Evaluate(
        ReadOnlySpan<double> deferrals,
        ReadOnlySpan<double> losses,
        ReadOnlySpan<double> costs,
        double weight,
        Span<double> gradient)
    {
        if (losses.Length != deferrals.Length || costs.Length != deferrals.Length || gradient.Length != deferrals.Length)
        {
            throw new ArgumentException("Each student has one probability, one loss, one cost and one derivative.", nameof(deferrals));
        }

        // From the last student to the first: what is expected from there on, and how that changes.
        var expected = 0.0;
        for (var i = deferrals.Length - 1; i >= 0; i--)
        {
            var deferring = (weight * costs[i]) + expected;
            gradient[i] = deferring - losses[i];
            expected = ((1 - deferrals[i]) * losses[i]) + (deferrals[i] * deferring);
        }

        // A later student counts only as often as it is reached.
        var reached = 1.0;
        for (var i = 0; i < deferrals.Length; i++)
        {
            gradient[i] *= reached;
            reached *= deferrals[i];
        }

        return expected;
    }
}
