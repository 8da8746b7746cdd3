using CsCheck;
using LlmCascade.Deferral;
using LlmCascade.Persistence;
using LlmCascade.Tests.Persistence;
using Xunit;

namespace LlmCascade.Tests.Deferral;

public sealed class SpendingNoteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task However_often_a_process_is_killed_no_call_is_made_twice_and_98_percent_are_made() =>
        await Gen.Select(Gen.Int[1, 800], Gen.Int[0, 60].Array[0, 20]).SampleAsync(
            async (calls, lives) =>
            {
                var path = _folder.File($"{Guid.NewGuid():N}");
                long made = 0;
                foreach (var takes in lives)
                {
                    var budget = await StartAsync(path, calls);
                    for (var i = 0; i < takes; i++)
                    {
                        budget.CountRequest();
                        made += budget.TryTake() ? 1 : 0;
                    }
                }

                var last = await StartAsync(path, calls);
                while (last.TryTake())
                {
                    made++;
                }

                Assert.InRange(made, calls - (calls / 50), calls);
            },
            iter: 15,
            threads: 1);

    [Fact]
    public void A_budget_of_some_size_writes_one_note_for_several_calls()
    {
        var path = _folder.File("spent");
        var budget = ExpertBudget.OfCalls(1000, 10_000);
        budget.Note = new SpendingNote(path, TimeProvider.System, Fail);
        HashSet<long> written = [];

        for (var i = 0; i < 100; i++)
        {
            budget.TryTake();
            written.Add(budget.Note.Spent);
        }

        Assert.Equal(10, written.Count);
    }

    [Fact]
    public async Task A_call_of_many_at_once_is_written_down_before_it_is_made()
    {
        var budget = ExpertBudget.OfCalls(400, 400);
        budget.Note = new SpendingNote(_folder.File("spent"), TimeProvider.System, Fail);
        var made = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 450), (i, _) =>
        {
            budget.CountRequest();
            if (budget.TryTake())
            {
                Assert.True(budget.Note.Spent >= Interlocked.Increment(ref made));
            }

            if (i % 50 == 0)
            {
                budget.Settle();
            }

            return default;
        });

        Assert.Equal(400, made);
    }

    [Fact]
    public async Task While_a_note_is_written_nobody_else_waits()
    {
        var folder = _folder.File("no folder");
        await File.WriteAllTextAsync(folder, "");
        using var writing = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var budget = ExpertBudget.OfCalls(10, 10_000);
        budget.Note = new SpendingNote(Path.Combine(folder, "spent"), TimeProvider.System, _ =>
        {
            writing.Set();
            mayEnd.Wait();
        });

        var take = Task.Run(budget.TryTake);
        writing.Wait();
        budget.CountRequest();
        Assert.Equal((9, 1), (budget.Available, budget.Requests));
        mayEnd.Set();

        Assert.True(await take);
    }

    private static void Fail(CheckpointException failure) => throw failure;

    // Nobody settles what the process before has left.
    private static async Task<ExpertBudget> StartAsync(string path, int calls)
    {
        var note = new SpendingNote(path, TimeProvider.System, Fail);
        (await note.ReadAsync(CancellationToken.None)).Install();
        var budget = ExpertBudget.OfCalls(calls, 10_000);
        budget.Restore(note.Spent, note.Requests, note.Unused);
        budget.Note = note;
        return budget;
    }
}
