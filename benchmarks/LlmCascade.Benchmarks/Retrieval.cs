using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using LlmCascade.Calibration;
using LlmCascade.Strategies.Retrieval;

namespace LlmCascade.Benchmarks;

/// <summary>The LlmCascade half of <c>benchmarks/peers/retrieval.sh</c>.</summary>
internal static class Retrieval
{
    private const int Dimensions = 384;
    private const int Rows = 100_000;
    private const int Queries = 50;
    private const int Best = 2;

    /// <summary>Writes vectors of length one and queries near to some of them: four pairs of files of raw numbers in single precision.</summary>
    public static void Write(string folder)
    {
        Write(folder, "random", clusters: 0, noise: 0);
        Write(folder, "loose", clusters: 500, noise: 0.03);
        Write(folder, "twenty", clusters: 20, noise: 0.005);
        Write(folder, "one", clusters: 1, noise: 0.01);
    }

    /// <summary>Times one query at a time, and prints one line of JSON as <c>faiss_flat.py</c> does.</summary>
    public static void Run(string vectors, string queries)
    {
        var (rows, asked) = (Read(vectors), Read(queries));
        var index = new VectorIndex(Dimensions);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        Array.ForEach(rows, row => index.Add(row));
        var adding = Stopwatch.GetElapsedTime(start);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;

        // Long enough for the just-in-time compiler to be done.
        var found = new Neighbour[Best];
        for (var i = 0; i < 200; i++)
        {
            index.Search<All>(asked[i % asked.Length], found, float.NegativeInfinity, default);
        }

        var times = new double[Queries];
        for (var i = 0; i < times.Length; i++)
        {
            start = Stopwatch.GetTimestamp();
            index.Search<All>(asked[i % asked.Length], found, float.NegativeInfinity, default);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        var results = Array.ConvertAll(asked, query =>
        {
            var best = new Neighbour[Best];
            return best[..index.Search<All>(query, best, float.NegativeInfinity, default)];
        });
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            medianMs = times[times.Length / 2],
            minMs = times[0],
            bytesPerDimension = (double)bytes / rows.Length / Dimensions,
            addedPerSecond = rows.Length / adding.TotalSeconds,
            ids = results.Select(best => best.Select(neighbour => neighbour.Row)),
            scores = results.Select(best => best.Select(neighbour => neighbour.Score)),
        }));
    }

    private static void Write(string folder, string name, int clusters, double noise)
    {
        var random = new SplitMix((ulong)clusters);
        var centres = Enumerable.Range(0, clusters).Select(_ => Normalised(i => Normal(random))).ToArray();
        WriteRows($"{name}.vectors", Rows);
        WriteRows($"{name}.queries", Queries);

        void WriteRows(string file, int count)
        {
            using var stream = File.Create(Path.Combine(folder, file));
            for (var row = 0; row < count; row++)
            {
                var centre = clusters == 0 ? null : centres[(int)(random.NextDouble() * clusters)];
                stream.Write(MemoryMarshal.AsBytes<float>(Normalised(i => centre is null ? Normal(random) : centre[i] + (noise * Normal(random)))));
            }
        }
    }

    private static float[] Normalised(Func<int, double> draw)
    {
        var numbers = Enumerable.Range(0, Dimensions).Select(draw).ToArray();
        var length = Math.Sqrt(numbers.Sum(number => number * number));
        return Array.ConvertAll(numbers, number => (float)(number / length));
    }

    private static double Normal(SplitMix random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static float[][] Read(string path) =>
        [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray().Chunk(Dimensions)];

    private readonly struct All : IRowFilter
    {
        public bool Accepts(int row) => true;
    }
}
