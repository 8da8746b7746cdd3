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
        await RunAsync(200);
        var before = ResidentMegabytes();
        var tensors = TorchSharp.torch.Tensor.TotalCount;

        await RunAsync(1_800);

        // One copy of the weights kept in each step would be more than 30.
        Assert.InRange(ResidentMegabytes() - before, -1_000, 24);
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
