using LlmCascade.Persistence;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LlmCascade.Tests.Learning;

/// <summary>How learning is saved on the way and ends, whatever learners do, and what an operator sees of it.</summary>
public sealed class LearningLifeTests : KeptLearningTest
{
    [Fact]
    public async Task A_learner_that_cannot_be_written_once_is_saved_the_next_time()
    {
        var learner = new CountingLearner("counts") { FailingWrites = 1 };
        await using var services = Start(cascade => cascade.AddLearner(learner), saveEvery: 10);

        await AskAsync(services, 15);
        await TimeLimitTests.WaitForAsync(() => Logged(17).Any());
        Assert.False(System.IO.File.Exists(File));
        await TimeLimitTests.WaitForAsync(() =>
        {
            AskAsync(services, 10).GetAwaiter().GetResult();
            return System.IO.File.Exists(File);
        });

        Assert.Equal(File, Assert.IsType<CheckpointException>(Assert.Single(Logged(17)).Exception).Path);
    }

    [Fact]
    public async Task Who_forgets_to_load_loses_nothing_of_what_was_kept()
    {
        await using (var first = Start())
        {
            await AskAsync(first, 20);
        }

        var kept = (await System.IO.File.ReadAllBytesAsync(File), await System.IO.File.ReadAllBytesAsync(Note));
        await using (var forgetful = Start(saveEvery: 5))
        {
            await AskAsync(forgetful, 10);
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => forgetful.GetRequiredService<CascadeLearning>().SaveAsync());
            Assert.Contains("was not loaded", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(kept.Item1, await System.IO.File.ReadAllBytesAsync(File));
        Assert.Equal(kept.Item2, await System.IO.File.ReadAllBytesAsync(Note));
        Assert.NotEmpty(Logged(17));
        await using var last = Start();
        Assert.True(await last.GetRequiredService<CascadeLearning>().LoadAsync());
        Assert.Equal(20, last.GetRequiredService<CascadeLearning>().Budget!.Spent);
    }

    [Fact]
    public async Task A_damaged_file_stops_every_start_until_somebody_moves_it_away()
    {
        await using (var first = Start())
        {
            await AskAsync(first, 20);
        }

        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        bytes[bytes.Length / 2] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File, bytes);
        for (var start = 0; start < 2; start++)
        {
            await using var services = Start();
            await Assert.ThrowsAsync<CheckpointException>(() => services.GetRequiredService<CascadeLearning>().LoadAsync());
            await AskAsync(services, 3);
        }

        Assert.Equal(bytes, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Fact]
    public async Task A_learner_that_cannot_be_written_ends_no_shutdown_with_an_exception()
    {
        var learner = new CountingLearner("counts") { FailingWrites = int.MaxValue };
        await using (var services = Start(cascade => cascade.AddLearner(learner)))
        {
            await AskAsync(services, 3);
            await Assert.ThrowsAsync<CheckpointException>(() => services.GetRequiredService<CascadeLearning>().SaveAsync());
        }

        Assert.Single(Logged(17));
    }

    [Fact]
    public async Task A_learner_that_never_ends_holds_up_no_shutdown()
    {
        var hasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var services = Start(cascade => cascade
            .AddLearner(new ScriptedLearner(async (_, _) =>
            {
                hasBegun.TrySetResult();
                await Gate.Task;
            }))
            .Learn(options => (options.Background, options.DrainTimeout) = (true, TimeSpan.Zero))))
        {
            await AskAsync(services, 3);
            await hasBegun.Task;
        }

        Assert.IsType<TimeoutException>(Assert.Single(Logged(17)).Exception);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task A_host_that_must_stop_ends_the_time_for_lessons_that_wait()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Register(builder.Services, cascade => cascade
            .AddLearner(ScriptedLearner.Waits(Gate.Task))
            .Learn(options => (options.Background, options.DrainTimeout) = (true, TimeSpan.FromDays(1))));
        using var host = builder.Build();
        await host.StartAsync();
        await AskAsync(host.Services, 3);

        await host.StopAsync(new CancellationToken(canceled: true));

        Assert.Single(Logged(14));
        Assert.True(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Disposed_without_waiting_it_is_saved_all_the_same()
    {
        using (var services = Start())
        {
            _ = services.GetRequiredService<CascadeLearning>();
            await AskAsync(services, 3);
        }

        Assert.True(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Whoever_disposes_second_waits_for_what_the_first_one_saves()
    {
        using var writing = new ManualResetEventSlim();
        using var mayWrite = new ManualResetEventSlim();
        var learner = new CountingLearner("counts")
        {
            OnWrite = () =>
            {
                writing.Set();
                mayWrite.Wait();
            },
        };
        await using var services = Start(cascade => cascade.AddLearner(learner));
        await AskAsync(services, 3);
        var learning = services.GetRequiredService<CascadeLearning>();

        var first = Task.Run(async () => await learning.DisposeAsync());
        writing.Wait();
        var second = Task.Run(async () =>
        {
            await learning.DisposeAsync();
            return System.IO.File.Exists(File);
        });
        var both = Task.WhenAll(first, second);
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        mayWrite.Set();
        await both;

        Assert.True(await second);
    }

    [Fact]
    public async Task A_learner_that_saves_in_its_lesson_is_told_so_instead_of_waiting_for_itself()
    {
        CascadeLearning learning = null!;
        await using var services = Start(cascade => cascade.AddLearner(new ScriptedLearner(async (_, token) => await learning.SaveAsync(token))));
        learning = services.GetRequiredService<CascadeLearning>();

        await AskAsync(services, 1);

        Assert.Equal(1, learning.Failed);
        Assert.Equal("System.InvalidOperationException", Assert.Single(Logged(13)).GetStructuredStateValue("ErrorType"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_is_cancelled_waits_for_no_learner(bool isStream)
    {
        using var stop = new CancellationTokenSource();
        await using var services = Start(cascade => cascade
            .AddLearner(new ScriptedLearner(async (_, _) => await Gate.Task))
            .Learn(options => options.DrainTimeout = TimeSpan.Zero));
        var classifier = services.GetRequiredService<CascadeClassifier>();

        var asked = isStream
            ? classifier.ClassifyStreamAsync(new[] { "text" }.ToAsyncEnumerable(), cancellationToken: stop.Token).FirstAsync().AsTask()
            : classifier.ClassifyAsync("text", cancellationToken: stop.Token);
        await TimeLimitTests.WaitForAsync(() => services.GetRequiredService<CascadeLearning>().Waiting == 1);
        Assert.False(asked.IsCompleted);
        await stop.CancelAsync();

        // It is paid for and there, so it is given.
        Assert.Equal("good", (await asked).Label);
    }

    [Fact]
    public async Task A_student_that_agrees_less_than_it_used_to_is_told_about()
    {
        var texts = new Students.MadeUpTexts(1, "good", "bad");
        var isOtherWorld = false;
        Expert = new ScriptedChatClient(call => call.Messages[^1].Text.Contains("goodword", StringComparison.Ordinal) == isOtherWorld ? "bad" : "good");
        await using var services = Start(cascade => cascade.LimitExpertCalls(2000, 2000));
        var learning = services.GetRequiredService<CascadeLearning>();
        for (var i = 0; i < 800 && learning.Drifts == 0; i++)
        {
            isOtherWorld = i >= 400;
            await services.GetRequiredService<CascadeClassifier>().ClassifyAsync(texts.Of(i % 2));
        }

        Assert.True(isOtherWorld);
        Assert.Equal((1, LogLevel.Warning), (learning.Drifts, Assert.Single(Logged(18)).Level));
    }

    [Fact]
    public async Task Answers_of_the_expert_that_name_no_label_are_counted()
    {
        Expert = new ScriptedChatClient("I cannot tell");
        await using var services = Start();
        await AskAsync(services, 2);

        Assert.Equal(2, services.GetRequiredService<CascadeLearning>().Unparsed);
    }
}
