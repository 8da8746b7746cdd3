using LlmCascade.Agreement.Measures;
using LlmCascade.Evaluation.Measuring;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>How close each answer is to the reference, in BLEU's counts and in ROUGE-L.</summary>
internal sealed class ReferenceScores
{
    // By prompt and model, the target last; the numbers are BLEU's counts, then ROUGE-L.
    private readonly double[][][] _numbers;

    private ReferenceScores(double[][][] numbers) => _numbers = numbers;

    /// <summary>Scores all answers; <see langword="null"/> where a prompt has no reference.</summary>
    public static ReferenceScores? Of(AnswerTable table)
    {
        if (table.Prompts.Any(prompt => prompt.Reference is null))
        {
            return null;
        }

        var numbers = new double[table.Count][][];
        Parallel.For(0, table.Count, prompt =>
        {
            var (recorded, reference) = (table.Prompts[prompt], table.Prompts[prompt].Reference!);
            numbers[prompt] = Array.ConvertAll<string, double[]>(
                [.. table.Members, table.Target],
                name => [.. Bleu.Counts(recorded.Answers[name].Text, reference), RougeL(recorded.Answers[name].Text, reference)]);
        });
        return new(numbers);
    }

    /// <summary>Scores the answers of one model.</summary>
    /// <param name="model">The number of the member; one more than there are for the target.</param>
    public (double Bleu, double RougeL) OfModel(int model) => Scores([.. _numbers[0][model].Select((_, number) => _numbers.Average(each => each[model][number]))]);

    /// <summary>Scores the answers while some prompts are deferred: an answer that stands with a probability counts with it.</summary>
    public (double Bleu, double RougeL)[] At(DeferralOrder order, int[] spoken, double[] rates)
    {
        int[] once = [.. Enumerable.Repeat(1, spoken.Length)];
        double[][] means = [.. Enumerable.Range(0, Bleu.Numbers + 1).Select(number => order.At(
            [.. _numbers.Select((models, prompt) => models[spoken[prompt]][number])],
            [.. _numbers.Select(models => models[^1][number])],
            once,
            rates))];
        return [.. rates.Select((_, rate) => Scores([.. means.Select(mean => mean[rate])]))];
    }

    private static double RougeL(string text, string reference)
    {
        using var texts = AnswerTexts.Of([new Generation(Say(text)), new Generation(Say(reference))]);
        return TextSimilarity.OfSequences(texts, 0, 1) ?? 0;

        static ChatResponse Say(string text) => new(new ChatMessage(ChatRole.Assistant, text));
    }

    private static (double, double) Scores(double[] means) => (Bleu.Of(means.AsSpan(0, Bleu.Numbers), isOneText: false), means[^1]);
}
