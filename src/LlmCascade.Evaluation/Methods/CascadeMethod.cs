using System.Collections.Immutable;
using System.Globalization;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Students;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation.Methods;

/// <summary>An online cascade: the very loop, students and policies that an application runs.</summary>
internal sealed class CascadeMethod : IReplayMethod
{
    public string Name => "cascade";

    public async ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var budget = ExpertBudget.OfCalls(expert.Budget, items.Count);
        var spending = new SpendingController(budget);
        using var students = StudentSets.For(options, expert.Labels, seed, spending);
        var recorded = new RecordedGenerator(expert);
        var cascade = new Cascade(
            students.Seats.Select(seat => new Tier(seat.Name, students.GeneratorOf(seat.Name)!, students.PolicyOf(seat.Name)!)),
            new Expert(recorded, ReplayRun.Expert),
            new CascadeSettings { Seed = seed, ExpertBudget = budget, Learn = (episode, _) => LearnAsync(students, episode) });
        if (options.ResumeFolder is { } folder)
        {
            var saved = new SavedRun(folder, SavedRun.IdentityOf(items, expert, options, seed), students, spending);
            return await ResumeAsync(saved, items, expert, AskAsync, progress, cancellationToken);
        }

        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        var regret = new RegretMeter(expert, options.Mode == ReplayMode.Paper ? options.CostWeight * options.ExpertCost : null);
        foreach (var item in items.InTurn(progress, cancellationToken))
        {
            var (outcome, said) = await AskAsync(item, cancellationToken);
            outcomes.Add(outcome);
            regret.Add(item, said, outcome.ExpertCalled);
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return new ReplayRun(
            outcomes.MoveToImmutable(),
            [.. students.Seats.Select(seat => seat.Name)],
            students.InferenceCost,
            students.TrainingCost,
            seconds)
        {
            Regret = students.Seats is [{ Student: LogisticStudent } only]
                ? await regret.MeasureAsync(only, () => StudentSets.Create(options, options.Tiers[0], expert.Labels, seed), cancellationToken)
                : [],
        };

        async ValueTask<(ItemOutcome Outcome, LabelDistribution? Said)> AskAsync(StreamItem item, CancellationToken token)
        {
            recorded.Item = item;
            var request = new GenerationRequest([new ChatMessage(ChatRole.User, item.Text)], options: null, expert.Labels, WholeText.Projection);
            var asked = new CascadeRequestOptions { Key = item.Index.ToString(CultureInfo.InvariantCulture) };
            try
            {
                var (answer, episode) = await cascade.RunAsync(request, asked, token);
                return (await OutcomeOfAsync(item, answer, episode, students.Seats, token), SaidBy(students.Seats[^1], episode)?.Labels);
            }
            catch (CascadeException)
            {
                // The budget was spent before a student could predict anything: nobody answers, which is wrong.
                return (new ItemOutcome(null, ReplayRun.Nobody, ExpertCalled: false, [.. students.Seats.Select(_ => (string?)null)]), null);
            }
        }
    }

    // An item is finished before the run is saved and stopped, so that nothing is learned of it twice.
    private static async ValueTask<ReplayRun> ResumeAsync(
        SavedRun saved,
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        Func<StreamItem, CancellationToken, ValueTask<(ItemOutcome Outcome, LabelDistribution? Said)>> askAsync,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        await saved.LoadAsync(cancellationToken);
        for (var i = 0; i < saved.Outcomes.Count; i++)
        {
            if (saved.Outcomes[i].ExpertCalled)
            {
                expert.Look(items[i]);
            }
        }

        try
        {
            while (saved.Outcomes.Count < items.Count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(saved.Outcomes.Count);
                saved.Add((await askAsync(items[saved.Outcomes.Count], CancellationToken.None)).Outcome);
            }
        }
        catch (OperationCanceledException)
        {
            saved.Save();
            throw;
        }

        var run = saved.ToRun();
        saved.Finish();
        return run;
    }

    private static async ValueTask LearnAsync(OnlineCascade students, Episode episode)
    {
        students.Observe(episode);
        if (ExpertLesson.Of(episode) is { } lesson)
        {
            await students.Learner.LearnAsync(lesson);
        }
    }

    // A tier that was not needed says for the report what it would have said; nothing was learned meanwhile.
    private static async ValueTask<ItemOutcome> OutcomeOfAsync(
        StreamItem item, Generation answer, Episode episode, ImmutableArray<StudentSeat> seats, CancellationToken cancellationToken)
    {
        var calledExpert = episode.Root.Children.Any(attempt => attempt is { Role: AttemptRole.Expert, Generation: not null });
        var said = new LabelDistribution?[seats.Length];
        for (var i = 0; i < said.Length; i++)
        {
            said[i] = SaidBy(seats[i], episode)?.Labels
                ?? (calledExpert ? null : await seats[i].PredictAsync(item.Text, i == 0 ? null : said[i - 1], cancellationToken));
        }

        return new ItemOutcome(answer.Labels?.Best, episode.Answerer!.Name, calledExpert, [.. said.Select(labels => labels?.Best)]);
    }

    private static Generation? SaidBy(StudentSeat seat, Episode episode) =>
        episode.Root.Children.FirstOrDefault(attempt => attempt.Name == seat.Name)?.Generation;
}
