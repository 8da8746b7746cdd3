using LlmCascade.Students;
using Xunit;

namespace LlmCascade.Tests.Encoders;

/// <summary>Runs alone: the memory of the process is everybody's.</summary>
[CollectionDefinition(nameof(MeasuringMemory), DisableParallelization = true)]
public sealed class MeasuringMemory;

[Collection(nameof(MeasuringMemory))]
public sealed class BertMemoryTests
{
    [Fact]
    public async Task Memory_stays_what_it_is_over_thousands_of_updates_and_predictions()
    {
        using var folder = new TinyBert().WriteWeights();
        using var student = BertStudent.Load(
            folder.Path, new LabelSpace("good", "bad"), new BertOptions { MaxTokens = 16, StepsPerDemonstration = 1, Capacity = 200 }, 1);
        // Allocators take a while to have what they need, how long depends on the machine; a leak goes on for ever. One copy of the weights
        // kept in each step would be more than ten megabytes a round.
        const int Rounds = 6;
        double growth;
        var (round, tensors) = (0, 0L);
        do
        {
            var before = ResidentMegabytes();
            tensors = TorchSharp.torch.Tensor.TotalCount;
            await RunAsync(600);
            growth = ResidentMegabytes() - before;
        }
        while (growth > 5 && ++round < Rounds);

        Assert.InRange(growth, -1_000, 5);
        Assert.InRange(TorchSharp.torch.Tensor.TotalCount - tensors, -1_000, 200);

        async Task RunAsync(int updates)
        {
            for (var i = 0; i < updates; i++)
            {
                await student.LearnAsync(new Demonstration(i % 2 == 0 ? "a good day" : "the bad night", i % 2), TestContext.Current.CancellationToken);
                for (var j = 0; j < 10; j++)
                {
                    await student.PredictAsync("a fine day", TestContext.Current.CancellationToken);
                }
            }
        }
    }

    private static double ResidentMegabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet / 1e6;
    }
}
