using CsCheck;
using LlmCascade.Calibration;
using LlmCascade.Strategies.Retrieval;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class VectorIndexTests
{
    private static readonly int[] _dimensions = [1, 2, 3, 31, 32, 33, 100];
    private static readonly int[] _manyDimensions = [384, 640, 768, 1536];
    private static readonly string[] _kinds = ["random", "clustered", "one cluster", "duplicated", "few values", "equal numbers", "extreme", "spikes", "scaled"];

    [Fact]
    public void What_is_found_is_exactly_what_a_full_scan_finds() => Compare(_dimensions, mostRows: 3000, iterations: 300);

    [Fact]
    public void What_is_found_among_vectors_of_many_dimensions_is_exactly_what_a_full_scan_finds() => Compare(_manyDimensions, mostRows: 500, iterations: 100);

    [Fact]
    public void Rows_stay_what_they_were_while_others_are_added_and_removed()
    {
        var vectors = Vectors.Make("one cluster", 33, 6000, new SplitMix(1));
        var index = new VectorIndex(33);
        Array.ForEach(vectors, vector => index.Add(vector));
        index.Remove(17);

        Assert.Equal(6000, index.Count);
        Assert.All(Enumerable.Range(0, 6000), row => Assert.Equal(vectors[row], index[row].ToArray()));
    }

    [Fact]
    public void An_empty_index_and_a_search_for_none_find_nothing()
    {
        var index = new VectorIndex(3);

        Assert.Empty(Search(index, [1, 0, 0], 2));
        index.Add([1, 0, 0]);
        Assert.Empty(Search(index, [1, 0, 0], 0));
        Assert.Empty(Search(index, [1, 0, 0], 2, least: float.BitIncrement(1)));
        Assert.Single(Search(index, [0, 0, 0], 2));
    }

    [Fact]
    public void Vectors_that_make_no_sense_are_refused_with_the_reason()
    {
        var index = new VectorIndex(2);

        Assert.Contains("3 dimensions", Assert.Throws<ArgumentException>(() => index.Add([1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => index.Add([1, float.NaN])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => index.Add([float.PositiveInfinity, 0]));
        Assert.Throws<ArgumentException>(() => index.Add([1e-20f, 0]));
        Assert.Throws<ArgumentException>(() => Search(index, [1e20f, 0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VectorIndex(0));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        var vectors = Vectors.Make("clustered", 384, 3000, new SplitMix(5));
        var index = new VectorIndex(384);
        Array.ForEach(vectors, vector => index.Add(vector));
        var best = new Neighbour[2];

        // What the runtime itself allocates while it makes code faster is none of the search's.
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            index.Search<SixOfSeven>(vectors[i], best, 0, default);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public async Task Searches_beside_a_writer_find_what_was_there_when_they_began()
    {
        var vectors = Vectors.Make("clustered", 32, 6000, new SplitMix(2));
        var index = new VectorIndex(32);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                var searches = 0;
                for (; searches == 0 || !stop.IsCancellationRequested; searches++)
                {
                    var count = index.Count;
                    var found = Search(index, vectors[searches % 100], 1);
                    var expected = Scan(vectors[..count], vectors[searches % 100], 1, row => row % 7 != 6);
                    Assert.True(expected is [] || found[0].Score >= expected[0].Score);
                }
            },
            TestContext.Current.CancellationToken)).ToArray();
        Array.ForEach(vectors, vector => index.Add(vector));
        stop.Cancel();

        await Task.WhenAll(readers);
    }

    private static void Compare(int[] allDimensions, int mostRows, int iterations) => Gen.Select(
            Gen.ULong, Gen.OneOfConst(_kinds), Gen.OneOfConst(allDimensions), Gen.Int[0, mostRows], Gen.Int[1, 12], Gen.Bool)
        .Sample(
            (seed, kind, dimensions, rows, best, hasRemovals) =>
            {
                var random = new SplitMix(seed);
                var vectors = Vectors.Make(kind, dimensions, rows + 3, random);
                var index = new VectorIndex(dimensions);
                foreach (var vector in vectors[3..])
                {
                    index.Add(vector);
                }

                var removed = Enumerable.Range(0, hasRemovals ? rows : 0).Where(_ => random.NextDouble() < 0.3).ToHashSet();
                foreach (var row in removed)
                {
                    index.Remove(row);
                }

                foreach (var query in vectors[..3])
                {
                    var least = random.NextDouble() < 0.5 ? float.NegativeInfinity : 0.5f;
                    var expected = Scan(vectors[3..], query, best, row => row % 7 != 6 && !removed.Contains(row), least);
                    Assert.Equal(expected, Search(index, query, best, least));
                }
            },
            iter: iterations);

    private static Neighbour[] Search(VectorIndex index, float[] query, int best, float least = float.NegativeInfinity)
    {
        var found = new Neighbour[best];
        return found[..index.Search<SixOfSeven>(query, found, least, default)];
    }

    private static Neighbour[] Scan(float[][] vectors, float[] query, int best, Func<int, bool> accepts, float least = float.NegativeInfinity) =>
    [
        .. vectors
            .Select((vector, row) => new Neighbour(row, Vectors.Score(vector, query)))
            .Where(neighbour => accepts(neighbour.Row) && neighbour.Score >= least)
            .OrderByDescending(neighbour => neighbour.Score).ThenBy(neighbour => neighbour.Row)
            .Take(best),
    ];

    private readonly struct SixOfSeven : IRowFilter
    {
        public bool Accepts(int row) => row % 7 != 6;
    }
}
