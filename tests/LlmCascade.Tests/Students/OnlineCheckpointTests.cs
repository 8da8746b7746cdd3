using LlmCascade.Calibration;
using LlmCascade.Persistence;
using LlmCascade.Testing;
using LlmCascade.Tests.Persistence;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class OnlineCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Text, string Label)> _texts = OnlineCascadeTests.Make(900, new MadeUpTexts(1, "good", "bad"));

    private string File => Path.Combine(_folder.Path, "state", "cascade.learned");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restored_learning_goes_on_exactly_as_if_it_had_never_stopped(bool isStream)
    {
        var unbroken = new List<string>();
        await using (var host = NoisyHost(keeps: false))
        {
            unbroken.AddRange(await RunAsync(host, 0, 900, isStream));
        }

        var broken = new List<string>();
        foreach (var (start, end) in new[] { (0, 37), (37, 400), (400, 401), (401, 900) })
        {
            await using var host = NoisyHost(keeps: true);
            Assert.Equal(start > 0, await host.Learning.LoadAsync());
            broken.AddRange(await RunAsync(host, start, end, isStream));
            await host.Learning.SaveAsync();
        }

        Assert.Equal(unbroken, broken);
    }

    [Fact]
    public async Task A_process_that_dies_without_saving_never_overspends_and_leaves_little_unspent()
    {
        var calls = 0;
        for (var life = 0; life < 3; life++)
        {
            // Not disposed: what the later ones have learned is lost.
            var host = Host(keeps: true);
            await host.Learning.LoadAsync();
            await RunAsync(host, life * 300, (life + 1) * 300);
            if (life == 0)
            {
                await host.Learning.SaveAsync();
            }

            calls += host.Expert.Calls.Count;
        }

        Assert.InRange(calls, 294, 300);
    }

    [Fact]
    public async Task A_damaged_file_stops_the_start_and_is_left_alone()
    {
        await SaveSomethingAsync();
        Damage();
        var before = await System.IO.File.ReadAllBytesAsync(File);
        await using var host = Host(keeps: true);

        var failure = await Assert.ThrowsAsync<CheckpointException>(() => host.Learning.LoadAsync());

        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
        Assert.Equal(0, host.Learning.Students[0].Lessons);
    }

    [Fact]
    public async Task A_damaged_file_is_passed_over_where_the_host_wants_it()
    {
        await SaveSomethingAsync();
        Damage();
        await using var host = Host(keeps: true, startUntrained: true);

        Assert.False(await host.Learning.LoadAsync());

        Assert.Equal(0, host.Learning.Students[0].Lessons);
        Assert.NotEmpty(await RunAsync(host, 0, 10));
    }

    [Fact]
    public async Task A_file_of_other_labels_is_refused_by_name()
    {
        await SaveSomethingAsync();
        await using var host = OnlineCascadeTests.Host(
            _texts, cascade => cascade.LimitExpertCalls(300, 900).SaveLearningTo(File), ["good", "bad", "ugly"]);

        var failure = await Assert.ThrowsAsync<CheckpointException>(() => host.Learning.LoadAsync());

        Assert.Contains("good, bad, ugly", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_loads_before_the_first_request_and_saves_when_it_stops()
    {
        for (var life = 0; life < 3; life++)
        {
            var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Services.AddChatClient(new ScriptedChatClient("good"));
            builder.Services.AddLlmCascade(cascade => cascade
                .Classify("good", "bad").AddStudent("lr").LimitExpertCalls(300, 900).SaveLearningTo(File));
            using var host = builder.Build();
            await host.StartAsync();

            var learning = host.Services.GetRequiredService<CascadeLearning>();
            Assert.Equal(life * 20, learning.Students[0].Lessons);
            Assert.Equal(life * 20, learning.Budget!.Spent);
            for (var i = 0; i < 20; i++)
            {
                await host.Services.GetRequiredService<CascadeClassifier>().ClassifyAsync(_texts[i].Text);
            }

            await host.StopAsync();
        }
    }

    [Fact]
    public async Task A_damaged_file_stops_the_host()
    {
        await SaveSomethingAsync();
        Damage();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddChatClient(new ScriptedChatClient("good"));
        builder.Services.AddLlmCascade(cascade => cascade
            .Classify("good", "bad").AddStudent("lr").LimitExpertCalls(300, 900).SaveLearningTo(File));
        using var host = builder.Build();

        await Assert.ThrowsAsync<CheckpointException>(() => host.StartAsync());
    }

    [Fact]
    public async Task Learning_is_saved_on_the_way()
    {
        await using var host = OnlineCascadeTests.Host(
            _texts, cascade => cascade.LimitExpertCalls(300, 900).SaveLearningTo(File, saveEvery: 50));

        await RunAsync(host, 0, 120);

        await Escalation.TimeLimitTests.WaitForAsync(() => System.IO.File.Exists(File));
    }

    private OnlineHost Host(bool keeps, bool startUntrained = false) => OnlineCascadeTests.Host(_texts, cascade =>
    {
        cascade.LimitExpertCalls(300, 900);
        if (keeps)
        {
            cascade.SaveLearningTo(File, startUntrainedIfCorrupt: startUntrained);
        }
    });

    // Students that are never sure, and frequent audits, so that every draw counts.
    private OnlineHost NoisyHost(bool keeps)
    {
        var random = new SplitMix(7);
        return OnlineCascadeTests.Host(
            [.. _texts.Select(each => (each.Text, random.NextDouble() < 0.3 ? "good" : each.Label))],
            cascade =>
            {
                cascade.LimitExpertCalls(300, 900);
                if (keeps)
                {
                    cascade.SaveLearningTo(File);
                }
            },
            audit: 0.1);
    }

    private async Task<List<string>> RunAsync(OnlineHost host, int start, int end, bool isStream = false)
    {
        var texts = _texts[start..end].Select(each => each.Text);
        List<Classification> results = [];
        if (isStream)
        {
            results = await host.ClassifyAsync(texts);
        }
        else
        {
            foreach (var text in texts)
            {
                results.Add(await host.Classifier.ClassifyAsync(text));
            }
        }

        return [.. results.Select(result =>
            $"{result} {result.Confidence.HasValue} {(result.Confidence.HasValue ? result.Confidence.Value : 0):R} {result.Labels?.Probabilities[0]:R}")];
    }

    private async Task SaveSomethingAsync()
    {
        await using var host = Host(keeps: true);
        await RunAsync(host, 0, 40);
        await host.Learning.SaveAsync();
    }

    private void Damage()
    {
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[bytes.Length / 2] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
    }
}
