using LlmCascade.Escalation;
using LlmCascade.Persistence;
using LlmCascade.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace LlmCascade.Tests.Learning;

/// <summary>What is loaded, and what is kept.</summary>
public sealed class KeptLearningTests : KeptLearningTest
{
    private static readonly CascadeRequestOptions _forced = new() { ForceExpert = true };

    [Fact]
    public async Task Untrained_after_a_damaged_file_a_cascade_spends_no_call_twice()
    {
        await using (var first = Start(cascade => cascade.LimitExpertCalls(50, 60)))
        {
            await AskAsync(first, 60);
        }

        Assert.Equal(50, Expert.Calls.Count);
        Damage(File);
        await using var second = Start(cascade => cascade.LimitExpertCalls(50, 60), startUntrained: true);
        var learning = second.GetRequiredService<CascadeLearning>();

        Assert.False(await learning.LoadAsync());
        await AskAsync(second, 60);

        Assert.Equal((0, 50), (learning.Students[0].Lessons, learning.Budget!.Spent));
        Assert.Empty(Expert.Calls);
    }

    [Fact]
    public async Task A_damaged_note_stops_the_load_of_everything()
    {
        await SaveAsync(lessons: 20);
        Damage(Note);
        await using var services = Start();
        var learning = services.GetRequiredService<CascadeLearning>();

        await Assert.ThrowsAsync<CheckpointException>(() => learning.LoadAsync());

        Assert.Equal((0, 0, 0), (learning.Students[0].Lessons, learning.Budget!.Spent, learning.Budget.Requests));
    }

    [Fact]
    public async Task A_damaged_note_costs_the_host_that_wants_to_start_nothing_but_the_note()
    {
        await SaveAsync(lessons: 20);
        Damage(Note);
        await using var services = Start(startUntrained: true);
        var learning = services.GetRequiredService<CascadeLearning>();

        Assert.True(await learning.LoadAsync());

        Assert.Equal((20, 20), (learning.Students[0].Lessons, learning.Budget!.Spent));
        Assert.Contains(Logged(16), record => record.GetStructuredStateValue("Path") == Note);
    }

    [Fact]
    public async Task Once_requests_were_made_nothing_is_loaded()
    {
        await SaveAsync(lessons: 20);
        await using var services = Start();
        var learning = services.GetRequiredService<CascadeLearning>();
        await AskAsync(services, 3);

        await Assert.ThrowsAsync<InvalidOperationException>(() => learning.LoadAsync());

        Assert.Equal((3, 3), (learning.Students[0].Lessons, learning.Budget!.Spent));
    }

    [Fact]
    public async Task A_load_that_is_cancelled_changes_nothing()
    {
        await SaveAsync(lessons: 20);
        await using var services = Start();
        var learning = services.GetRequiredService<CascadeLearning>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => learning.LoadAsync(new CancellationToken(canceled: true)));

        Assert.Equal(0, learning.Students[0].Lessons);
        Assert.True(await learning.LoadAsync());
    }

    [Fact]
    public async Task What_could_not_be_loaded_is_not_replaced_at_the_end()
    {
        await SaveAsync(lessons: 20);
        Damage(File);
        var damaged = await System.IO.File.ReadAllBytesAsync(File);

        await using (var services = Start())
        {
            await Assert.ThrowsAsync<CheckpointException>(() => services.GetRequiredService<CascadeLearning>().LoadAsync());
        }

        Assert.Equal(damaged, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Fact]
    public async Task Where_nothing_was_loaded_and_nothing_asked_nothing_is_saved()
    {
        await SaveAsync(lessons: 20);
        await using (var services = Start())
        {
            _ = services.GetRequiredService<CascadeLearning>();
        }

        await using var again = Start();
        await again.GetRequiredService<CascadeLearning>().LoadAsync();
        Assert.Equal(20, again.GetRequiredService<CascadeLearning>().Students[0].Lessons);
    }

    [Fact]
    public async Task A_file_from_before_requests_were_numbered_is_loaded()
    {
        var released = Path.Combine(RepositoryRoot.Path, "tests", "LlmCascade.Tests", "Checkpoints", "online-cascade-1.checkpoint");
        System.IO.File.Copy(released, File);
        await using var services = Start(cascade => cascade.LimitExpertCalls(100, 1000).Configure(options => options.Seed = 1));
        var learning = services.GetRequiredService<CascadeLearning>();

        Assert.True(await learning.LoadAsync());

        Assert.Equal((60, 60), (learning.Students[0].Lessons, learning.Budget!.Spent));
        Assert.Equal("requests", Assert.Single(Logged(15)).GetStructuredStateValue("MissingParts"));
    }

    [Fact]
    public async Task A_budget_without_students_outlives_the_process()
    {
        var calls = 0;
        for (var life = 0; life < 3; life++)
        {
            await using var services = Start(cascade => AddTier(cascade).LimitExpertCalls(25, 1000), addsStudent: false);
            await services.GetRequiredService<CascadeLearning>().LoadAsync();
            await AskAsync(services, 10, _forced);
            calls += Expert.Calls.Count;
        }

        Assert.Equal(25, calls);
    }

    [Fact]
    public async Task The_hosts_own_learner_is_kept_where_it_can_be()
    {
        await using (var services = Start(cascade => AddTier(cascade).AddLearner(new CountingLearner("counts")), addsStudent: false))
        {
            await AskAsync(services, 7, _forced);
        }

        var learner = new CountingLearner("counts");
        await using var again = Start(cascade => AddTier(cascade).AddLearner(learner), addsStudent: false);
        await again.GetRequiredService<CascadeLearning>().LoadAsync();
        Assert.Equal(7, learner.Lessons);
    }

    [Fact]
    public void Learners_that_a_file_cannot_tell_apart_are_a_mistake()
    {
        var mistake = Assert.ThrowsAny<OptionsValidationException>(() => Start(
            cascade => cascade.AddLearner(new CountingLearner("counts")).AddLearner(new CountingLearner("counts"))));

        Assert.Contains("'counts'", mistake.Message, StringComparison.Ordinal);
    }

    private static CascadeBuilder AddTier(CascadeBuilder cascade) =>
        cascade.AddTier("small", tier => tier.UseGenerator(new ScriptedGenerator("good")).KeepWhenValid());

    private static void Damage(string file)
    {
        var bytes = System.IO.File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        System.IO.File.WriteAllBytes(file, bytes);
    }

    private async Task SaveAsync(int lessons)
    {
        await using var services = Start();
        await AskAsync(services, lessons);
    }
}
