using LlmCascade.Calibration;

namespace LlmCascade.Students;

/// <summary>What a calibrator believes before it has seen anything: the student.</summary>
/// <remarks>
/// It is fitted to answers that are made up, each of which disagrees with the expert as often as its most probable label
/// is not the right one. What lessons teach is where that is not so.
/// </remarks>
internal static class CalibratorPrior
{
    // It takes so many to get there, and more labels need no fewer.
    private const int Answers = 16_000;
    private const int AnswersPerStep = 8;

    // The made-up scores of labels deviate by up to this much, from one that knows nothing to one that is nearly certain.
    private const double LargestDeviation = 4;
    private const double LongestText = 4000;
    private const double LogOfMostLessons = 9;

    /// <summary>Makes a calibrator believe the student.</summary>
    public static void Fit(MlpCalibrator calibrator, int labels, SplitMix random)
    {
        var probabilities = new double[labels];
        for (var i = 1; i <= Answers; i++)
        {
            MakeUp(probabilities, random);
            var length = (int)(LongestText * random.NextDouble() * random.NextDouble());
            var lessons = (long)Math.Exp(LogOfMostLessons * random.NextDouble());
            var target = 1 - probabilities.Max();

            // The slope of cross-entropy.
            var output = calibrator.Forward(Evidence.Of(probabilities, length, lessons));
            calibrator.Backward((output - target) / (output * (1 - output)));
            if (i % AnswersPerStep == 0)
            {
                calibrator.Step();
            }
        }
    }

    // The softmax of about normal scores: the sum of three uniform draws deviates by one half, twice of it by one.
    private static void MakeUp(double[] probabilities, SplitMix random)
    {
        var deviation = LargestDeviation * random.NextDouble();
        var sum = 0.0;
        foreach (ref var probability in probabilities.AsSpan())
        {
            probability = Math.Exp(deviation * 2 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
            sum += probability;
        }

        foreach (ref var probability in probabilities.AsSpan())
        {
            probability /= sum;
        }
    }
}
