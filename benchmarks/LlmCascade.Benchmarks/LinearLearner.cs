using System.Globalization;
using LlmCascade.Embeddings;
using LlmCascade.Students;

namespace LlmCascade.Benchmarks;

/// <summary>The LlmCascade half of <c>benchmarks/peers/linear-learner.sh</c>.</summary>
internal static class LinearLearner
{
    /// <summary>Predicts and learns the items of each file, one after the other.</summary>
    /// <remarks>
    /// Prints the file's name, the way of learning, items in a second of processor time, the share of items that were right
    /// before they were learned, and features of a text.
    /// </remarks>
    public static void Run(int bits, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var items = File.ReadLines(path).Select(line => line.Split('\t', 2)).ToList();
            var names = items.Select(item => item[0]).Distinct().Order(StringComparer.Ordinal).ToList();
            var labels = items.ConvertAll(item => names.IndexOf(item[0]));
            var texts = items.ConvertAll(item => item[1]);

            // Once before, for the just-in-time compiler.
            Learn(bits, names.Count, labels, texts);
            var start = Environment.CpuUsage.TotalTime;
            var (right, features) = Learn(bits, names.Count, labels, texts);
            var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            double count = texts.Count;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(path)} single {count / seconds:F1} {right / count:F4} {features / count:F1}"));
        }
    }

    private static (int Right, long Features) Learn(int bits, int classes, List<int> labels, List<string> texts)
    {
        var hashed = new HashedFeatures(bits, characterNGrams: true, seed: 0);
        var trainer = new LogisticTrainer(new LogisticSettings(classes, hashed.Dimension), seed: 0);
        var probabilities = new double[classes];
        var right = 0;
        var features = 0L;
        for (var i = 0; i < texts.Count; i++)
        {
            using var list = hashed.Extract(texts[i]);
            trainer.Model.Predict(list.Indices, probabilities);
            right += probabilities.IndexOf(probabilities.Max()) == labels[i] ? 1 : 0;
            trainer.Learn(list.Indices, labels[i]);
            features += list.Count;
        }

        return (right, features);
    }
}
