using System.Globalization;
using LlmCascade.Calibration;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Persistence;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepCalibratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("steps-").FullName;
    private readonly EpisodeRecorder _episodes = new();
    private int _asked;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // What it says rises with how often steps are wrong, and is far too high.
    private static ScriptedIntrospector Informative => new("informative", null) { Script = step => 0.5 + (Stream.SuspicionOf(step) / 2) };

    private static ScriptedIntrospector Noise => new("noise", null) { Script = Stream.NoiseOf };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Before_it_has_learned_enough_it_cannot_tell_and_afterwards_it_knows_better_than_what_it_looks_at()
    {
        var calibrator = new StepCalibrator();
        await using var host = Start(calibrator, [Informative, Noise]);

        await AskAsync(host, 99);
        Assert.Equal((CalibrationState.Untrained, 99L), (calibrator.State, calibrator.Lessons));
        Assert.All(Steps(), step => Assert.Equal((null, StepReasons.Untrained), (step.Check!.ErrorProbability, step.Check.Reason)));

        await AskAsync(host, 501);
        Assert.Equal(CalibrationState.Calibrated, calibrator.State);
        var later = Steps().Skip(300).ToList();
        var calibrated = BrierOf(later, check => check.ErrorProbability!.Value);
        var informative = BrierOf(later, check => check.Parts[0].ErrorProbability!.Value);
        var noise = BrierOf(later, check => check.Parts[1].ErrorProbability!.Value);
        var rate = later.Average(step => Stream.IsWrong(step) ? 1.0 : 0);
        Assert.True(calibrated < 0.9 * rate * (1 - rate), $"{calibrated} is no better than always saying {rate}");
        Assert.True(calibrated < 0.7 * informative && calibrated < 0.7 * noise, $"{calibrated}, raw {informative} and {noise}");
        Assert.Equal(rate, later.Average(step => step.Check!.ErrorProbability!.Value), 0.06);
    }

    [Fact]
    public async Task Audits_of_steps_that_were_accepted_teach_as_well_and_count_by_the_inverse_of_their_probability()
    {
        var calibrator = new StepCalibrator(options: new() { MinimumLessons = 20 });
        await using var host = Start(calibrator, [Informative], defers: false, audits: 1);
        await AskAsync(host, 40);
        Assert.Equal(40, calibrator.Lessons);

        // Half of the lessons are right and half wrong, but those that are right stand for four.
        var weighted = new StepCalibrator(options: new() { MinimumLessons = 20 });
        var introspector = weighted.Calibrate(new ScriptedIntrospector("same", 0.5));
        for (var i = 0; i < 200; i++)
        {
            await weighted.LearnAsync(await LessonAsync(introspector, isWrong: i % 2 == 0, propensity: i % 2 == 0 ? 1 : 0.25), Token);
        }

        Assert.Equal(0.2, (await CheckAsync(introspector)).ErrorProbability!.Value, 0.02);
    }

    [Fact]
    public async Task What_was_learned_is_kept_and_goes_on_as_if_it_had_never_stopped()
    {
        await using (var host = Start(new StepCalibrator(), [Informative, Noise], save: true))
        {
            await AskAsync(host, 150);
        }

        var restored = new StepCalibrator();
        await using var again = Start(restored, [Informative, Noise], save: true);
        await LearningOf(again).LoadAsync(Token);
        Assert.Equal((CalibrationState.Calibrated, 150L), (restored.State, restored.Lessons));

        var (kept, copy) = (new StepCalibrator(), new StepCalibrator());
        var (first, second) = (kept.Calibrate(Informative, Noise), copy.Calibrate(Informative, Noise));
        for (var i = 0; i < 105; i++)
        {
            await kept.LearnAsync(await LessonAsync(first, i % 3 == 0), Token);
        }

        Restore(copy, Saved(kept));
        for (var i = 0; i < 40; i++)
        {
            var isWrong = i % 2 == 0;
            await kept.LearnAsync(await LessonAsync(first, isWrong), Token);
            await copy.LearnAsync(await LessonAsync(second, isWrong), Token);
        }

        Assert.Equal((await CheckAsync(first)).ErrorProbability, (await CheckAsync(second)).ErrorProbability);
        Assert.Equal(Saved(kept), Saved(copy));
    }

    [Fact]
    public async Task With_other_introspectors_what_was_learned_is_refused()
    {
        await using (var host = Start(new StepCalibrator(), [Informative, Noise], save: true))
        {
            await AskAsync(host, 110);
        }

        await using var other = Start(new StepCalibrator(), [Informative, new ScriptedIntrospector("other", 0.5)], save: true);
        var failure = await Assert.ThrowsAsync<CheckpointException>(() => LearningOf(other).LoadAsync(Token));
        Assert.Contains("learned from 'informative', 'noise' with the measure 'step-result-v1', and there is 'informative', 'other' with", failure.Message);
    }

    [Fact]
    public void With_another_measure_or_before_it_is_bound_nothing_is_read_and_nothing_is_saved()
    {
        var calibrator = new StepCalibrator();
        Assert.Contains("calibrates nothing", Assert.Throws<InvalidOperationException>(() => Saved(calibrator)).Message);
        calibrator.Calibrate(Informative);
        var saved = Saved(calibrator);

        var unbound = new StepCalibrator();
        Assert.Contains("calibrates nothing", Assert.Throws<InvalidDataException>(() => Restore(unbound, saved)).Message);
        var other = new StepCalibrator(options: new() { Match = AgreementMeasure.SameText });
        other.Calibrate(Informative);
        Assert.Contains("'text-v1'", Assert.Throws<InvalidDataException>(() => Restore(other, saved)).Message);
    }

    [Fact]
    public void It_belongs_to_one_set_of_introspectors()
    {
        var calibrator = new StepCalibrator();

        Assert.Equal(calibrator.Calibrate(Informative, Noise).Id, calibrator.Calibrate(Informative, Noise).Id);
        Assert.Contains("'noise', 'informative'", Assert.Throws<InvalidOperationException>(() => calibrator.Calibrate(Noise, Informative)).Message);
    }

    [Fact]
    public async Task A_validator_that_is_certain_decides_from_the_start_and_teaches_nothing()
    {
        var calibrator = new StepCalibrator();
        var paid = new ScriptedIntrospector("paid", 0.1);
        var introspector = calibrator.Calibrate(new ScriptedIntrospector("validator", 1, canClear: false), paid);

        var check = await CheckAsync(introspector);
        await calibrator.LearnAsync(await LessonAsync(introspector, isWrong: true), Token);

        Assert.Equal((1, "validator-reason", "validator says why"), (check.ErrorProbability, check.Reason, check.Explanation));
        Assert.Equal((0, 0L), (paid.Calls, calibrator.Lessons));
        Assert.Null((await CheckAsync(new StepCalibrator().Calibrate(new ScriptedIntrospector("model", 1)))).ErrorProbability);
    }

    [Fact]
    public async Task A_calibrated_check_within_another_one_learns_once_however_often_it_is_handed_on()
    {
        var calibrator = new StepCalibrator();
        var introspector = StepIntrospector.FirstCertain(new ScriptedIntrospector("validator", null, canClear: false), calibrator.Calibrate(Informative));
        var inner = new Cascade([new Tier("inner", new CheckedGenerator(new ScriptedGenerator("7"), introspector), Cascades.KeepAll)], Cascades.Expert("8"), new CascadeSettings());
        var outer = new Cascade(
            [new Tier("outer", inner, Cascades.DeferAll)], Cascades.Expert("8"), new CascadeSettings { OnEpisode = _episodes.Record });
        await outer.RunAsync(Cascades.Question, cancellationToken: Token);

        await calibrator.LearnAsync(new Lesson(_episodes.Only, _episodes.Only.Answer!, TruthSource.Expert, 1), Token);

        Assert.Equal(1, calibrator.Lessons);
    }

    [Fact]
    public async Task An_experts_own_check_and_that_of_another_calibrator_teach_nothing()
    {
        var (own, other) = (new StepCalibrator(), new StepCalibrator("other"));
        var cascade = new Cascade(
            [new Tier("small", new CheckedGenerator(new ScriptedGenerator("7"), other.Calibrate(Informative)), Cascades.DeferAll)],
            new Expert(new CheckedGenerator(new ScriptedGenerator("8"), own.Calibrate(Informative))),
            new CascadeSettings { OnEpisode = _episodes.Record });
        await cascade.RunAsync(Cascades.Question, cancellationToken: Token);

        await own.LearnAsync(new Lesson(_episodes.Only, _episodes.Only.Answer!, TruthSource.Expert, 1), Token);

        Assert.Equal(0, own.Lessons);
    }

    [Fact]
    public async Task Calls_of_tools_match_by_what_they_call_whatever_the_measure()
    {
        var calibrator = new StepCalibrator(options: new() { MinimumLessons = 20, Match = AgreementMeasure.SameText });
        var introspector = calibrator.Calibrate(new ScriptedIntrospector("same", 0.5));
        for (var i = 0; i < 40; i++)
        {
            await calibrator.LearnAsync(await LessonAsync(introspector, ScriptedReply.Calls("a"), ScriptedReply.Calls("b")), Token);
        }

        Assert.InRange((await CheckAsync(introspector)).ErrorProbability!.Value, 0.9, 1);
    }

    [Fact]
    public async Task Steps_are_checked_while_it_learns()
    {
        var calibrator = new StepCalibrator(options: new() { MinimumLessons = 20 });
        var introspector = calibrator.Calibrate(Informative, Noise);
        var lessons = new List<Lesson>();
        for (var i = 0; i < 60; i++)
        {
            lessons.Add(await LessonAsync(introspector, i % 3 == 0));
        }

        var isOver = false;
        var checks = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                var probability = (await CheckAsync(introspector)).ErrorProbability;
                Assert.True(probability is null or (> 0 and < 1));
                Assert.InRange(calibrator.Lessons, 0, 180);
            }
        })).ToList();
        foreach (var lesson in lessons.Concat(lessons).Concat(lessons))
        {
            await calibrator.LearnAsync(lesson, Token);
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(checks);
        Assert.Equal((180L, CalibrationState.Calibrated), (calibrator.Lessons, calibrator.State));
    }

    [Fact]
    public async Task Bad_arguments_are_told()
    {
        Assert.Contains("MinimumLessons: 19", Assert.Throws<ArgumentException>(() => new StepCalibrator(options: new() { MinimumLessons = 19 })).Message);
        Assert.Contains("Capacity: 50", Assert.Throws<ArgumentException>(() => new StepCalibrator(options: new() { Capacity = 50 })).Message);
        Assert.Contains("Match", Assert.Throws<ArgumentException>(() => new StepCalibrator(options: new() { Match = null! })).Message);
        Assert.Throws<ArgumentException>(() => new StepCalibrator(" "));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepCalibrator(new string('x', 101)));
        var calibrator = new StepCalibrator("mine");
        Assert.Equal(("step-calibrator mine", 1), (calibrator.Kind, calibrator.Version));
        Assert.Throws<ArgumentException>(() => calibrator.Calibrate());
        Assert.Throws<ArgumentNullException>(() => calibrator.Calibrate(null!));
        Assert.Throws<ArgumentNullException>(() => calibrator.Write(null!));
        Assert.Throws<ArgumentNullException>(() => calibrator.Read(null!, 1));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await calibrator.LearnAsync(null!, Token));
    }

    private static CascadeLearning LearningOf(IServiceProvider host) => ((CascadeChatClient)host.GetRequiredService<IChatClient>()).Learning!;

    private static byte[] Saved(StepCalibrator calibrator)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        calibrator.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static void Restore(StepCalibrator calibrator, byte[] saved)
    {
        using var reader = new BinaryReader(new MemoryStream(saved));
        calibrator.Read(reader, calibrator.Version)();
    }

    private static async Task<StepCheck> CheckAsync(IStepIntrospector introspector) =>
        await introspector.CheckAsync(Cascades.Question, new ScriptedReply("step 7").ToGeneration(), null);

    private static double BrierOf(List<Generation> steps, Func<StepCheck, double> probability) =>
        steps.Average(step => Math.Pow(probability(step.Check!) - (Stream.IsWrong(step) ? 1 : 0), 2));

    private static Task<Lesson> LessonAsync(IStepIntrospector introspector, bool isWrong, double propensity = 1) =>
        LessonAsync(introspector, "step 7", isWrong ? "step 8" : "step 7", propensity);

    private static async Task<Lesson> LessonAsync(IStepIntrospector introspector, ScriptedReply step, ScriptedReply truth, double propensity = 1)
    {
        var recorder = new EpisodeRecorder();
        var cascade = new Cascade(
            [new Tier("small", new CheckedGenerator(new ScriptedGenerator(step), introspector), Cascades.DeferAll)],
            Cascades.Expert(truth),
            new CascadeSettings { OnEpisode = recorder.Record });
        await cascade.RunAsync(Cascades.Question, cancellationToken: Token);
        return new Lesson(recorder.Only, recorder.Only.Answer!, TruthSource.Expert, propensity);
    }

    private ServiceProvider Start(
        StepCalibrator calibrator, IReadOnlyList<IStepIntrospector> introspectors, bool save = false, bool defers = true, double audits = 0)
    {
        var introspector = calibrator.Calibrate(introspectors);
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient(call => $"step {Stream.NumberIn(call.Messages[^1].Text)}"));
        services.AddLlmCascade(cascade =>
        {
            cascade
                .AddTier("small", tier => tier
                    .UseGenerator(new CheckedGenerator(new ScriptedGenerator(request => Stream.StepFor(request.Query)), introspector))
                    .UsePolicy(defers ? DeferralPolicy.FirstDecisive(Cascades.DeferAll, Cascades.KeepAll) : Cascades.KeepAll))
                .AddLearner(calibrator)
                .OnEpisode(_episodes.Record);
            _ = audits > 0 ? cascade.Audit(audits) : cascade;
            _ = save ? cascade.SaveLearningTo(Path.Combine(_folder, "learned")) : cascade;
        });
        return services.BuildServiceProvider();
    }

    private List<Generation> Steps() => [.. _episodes.Episodes.Select(episode => episode.Root.Children[0].Generation!)];

    private async Task AskAsync(IServiceProvider host, int steps)
    {
        var client = (CascadeChatClient)host.GetRequiredService<IChatClient>();
        for (var i = 0; i < steps; i++)
        {
            await client.GetResponseAsync($"question {_asked++}", cancellationToken: Token);
        }

        await client.Cascade.SettleAuditsAsync();
    }

    // Steps that are wrong the more often the more suspicious they are, the same on every run. Their lengths say nothing.
    private static class Stream
    {
        private static readonly string[] _steps = Make(new Random(42));

        public static ScriptedReply StepFor(string question) => _steps[NumberIn(question)];

        public static int NumberIn(string text) => int.Parse(text.Split(' ')[^1], CultureInfo.InvariantCulture);

        public static double SuspicionOf(Generation step) => step.Response.Text.Split(' ') is { Length: 5 } parts ? double.Parse(parts[0], CultureInfo.InvariantCulture) : 0.5;

        public static double NoiseOf(Generation step) => step.Response.Text.Split(' ') is { Length: 5 } parts ? double.Parse(parts[1], CultureInfo.InvariantCulture) : 0.5;

        public static bool IsWrong(Generation step) => step.Response.Text.Contains("wrong", StringComparison.Ordinal);

        private static string[] Make(Random random)
        {
            var steps = new string[1000];
            for (var i = 0; i < steps.Length; i++)
            {
                var suspicion = random.NextDouble();
                var isWrong = random.NextDouble() < 0.6 * suspicion * suspicion;
                steps[i] = string.Create(CultureInfo.InvariantCulture, $"{suspicion:F6} {random.NextDouble():F6} {(isWrong ? "wrong" : "right")} step {(isWrong ? i + 1 : i):D4}");
            }

            return steps;
        }
    }
}
