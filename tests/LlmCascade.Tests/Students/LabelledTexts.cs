using LlmCascade.Calibration;
using LlmCascade.Students;

namespace LlmCascade.Tests.Students;

/// <summary>Made-up texts as features: each class has features of its own, among noise.</summary>
internal static class LabelledTexts
{
    public const int Dimension = 1024;

    private const int OwnFeatures = 12;
    private const int NoiseFeatures = 300;

    public static LogisticSettings Settings(int classes) => new(classes, Dimension);

    /// <summary>Makes a text of a class: three of its features, and eight of everybody's.</summary>
    public static int[] Make(int label, SplitMix random)
    {
        var features = new HashSet<int>();
        while (features.Count < 3)
        {
            features.Add((label * OwnFeatures) + (int)(random.Next() % OwnFeatures));
        }

        while (features.Count < 11)
        {
            features.Add(Dimension - 1 - (int)(random.Next() % NoiseFeatures));
        }

        return [.. features];
    }

    public static void Teach(LogisticTrainer trainer, int lessons, int classes, SplitMix random)
    {
        for (var i = 0; i < lessons; i++)
        {
            var label = (int)(random.Next() % (ulong)classes);
            trainer.Learn(Make(label, random), label);
        }
    }

    public static int Best(LogisticModel model, int[] features) => Array.IndexOf(Predict(model, features), Predict(model, features).Max());

    public static double[] Predict(LogisticModel model, int[] features)
    {
        var probabilities = new double[model.ClassCount];
        model.Predict(features, probabilities);
        return probabilities;
    }

    /// <summary>Finds the share of new texts of one class that are recognised.</summary>
    public static double Recall(LogisticModel model, int label, SplitMix random) =>
        Enumerable.Range(0, 200).Count(_ => Best(model, Make(label, random)) == label) / 200.0;

    public static byte[] Save(LogisticTrainer trainer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        trainer.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    public static LogisticTrainer Load(byte[] bytes, LogisticSettings settings) =>
        LogisticTrainer.Read(new BinaryReader(new MemoryStream(bytes)), version: 2, settings);
}
