using System.Globalization;
using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Persistence;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class AgreementCalibratorTests : AgreementTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("calibrator-").FullName;
    private readonly FakeLogCollector _logs = new();
    private int _asked;
    private string? _question;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Before_it_has_learned_enough_everything_is_deferred_and_afterwards_the_confidence_is_how_often_the_expert_is_matched()
    {
        var calibrator = new AgreementCalibrator();
        await using var host = Start(calibrator);

        await AskAsync(host, 99);
        Assert.Equal((CalibrationState.Untrained, 99L), (calibrator.State, calibrator.Lessons));
        Assert.All(Episodes, episode => Assert.Equal("no-confidence", EnsembleOf(episode).Verdict.Reason));

        await AskAsync(host, 101);
        Assert.Equal(CalibrationState.Calibrated, calibrator.State);
        var later = Episodes.Skip(150).ToList();
        var kept = later.Where(episode => EnsembleOf(episode).Verdict.Decision == Decision.Keep).ToList();
        Assert.All(kept, episode => Assert.InRange(EnsembleOf(episode).Generation!.Confidence.Value, 0.8, 1));
        Assert.InRange(kept.Count, 15, 35);
        Assert.All(later.Except(kept), episode => Assert.InRange(EnsembleOf(episode).Generation!.Confidence.Value, 0, 0.4));
    }

    [Fact]
    public async Task What_was_learned_is_kept_and_goes_on_as_if_it_had_never_stopped()
    {
        double after;
        var calibrator = new AgreementCalibrator();
        await using (var host = Start(calibrator, save: true))
        {
            await AskAsync(host, 150);
            after = EnsembleOf(Episodes[^1]).Generation!.Confidence.Value;
        }

        var restored = new AgreementCalibrator();
        await using var again = Start(restored, save: true);
        await LearningOf(again).LoadAsync(Token);
        Assert.Equal((CalibrationState.Calibrated, calibrator.Lessons), (restored.State, restored.Lessons));
        _asked--;
        await AskAsync(again, 1);
        Assert.Equal(after, EnsembleOf(Episodes[^1]).Generation!.Confidence.Value, 2);
    }

    [Fact]
    public async Task With_another_measure_what_was_learned_is_refused()
    {
        await using (var host = Start(new AgreementCalibrator(), save: true))
        {
            await AskAsync(host, 110);
        }

        await using var other = Start(new AgreementCalibrator(), save: true, measure: AgreementMeasure.SameNumber);
        var failure = await Assert.ThrowsAsync<CheckpointException>(() => LearningOf(other).LoadAsync(Token));
        Assert.Contains("'text-v1", failure.Message);
        Assert.Contains("'number-v1", failure.Message);
    }

    [Fact]
    public async Task With_another_model_in_a_seat_it_goes_on_uncertified_and_says_so_until_it_has_learned_enough_about_it()
    {
        await using (var host = Start(new AgreementCalibrator(), save: true))
        {
            await AskAsync(host, 110);
        }

        var calibrator = new AgreementCalibrator();
        await using var swapped = Start(calibrator, save: true, model: "newer");
        await LearningOf(swapped).LoadAsync(Token);
        Assert.Equal(CalibrationState.Uncertified, calibrator.State);
        Assert.Contains(_logs.GetSnapshot(), record => record.Level == LogLevel.Warning && record.Message.Contains("a (newer) for a (unknown)", StringComparison.Ordinal));

        await AskAsync(swapped, 250);
        Assert.Equal(CalibrationState.Calibrated, calibrator.State);
    }

    [Fact]
    public async Task With_another_number_of_members_what_was_learned_is_refused()
    {
        await using (var host = Start(new AgreementCalibrator(), save: true))
        {
            await AskAsync(host, 110);
        }

        await using var other = Start(new AgreementCalibrator(), save: true, hasThird: true);
        Assert.Contains("from 2 members, and there are 3", (await Assert.ThrowsAsync<CheckpointException>(() => LearningOf(other).LoadAsync(Token))).Message);
    }

    [Fact]
    public async Task Members_that_always_match_are_kept_after_their_lessons()
    {
        var calibrator = new AgreementCalibrator(options: new() { MinimumLessons = 20 });
        await using var host = Start(calibrator, question: "2");

        await AskAsync(host, 60);

        Assert.Equal(CalibrationState.Calibrated, calibrator.State);
        Assert.Equal(Decision.Keep, EnsembleOf(Episodes[^1]).Verdict.Decision);
        Assert.InRange(EnsembleOf(Episodes[^1]).Generation!.Confidence.Value, 0.8, 0.9999);
    }

    [Fact]
    public void A_calibrator_that_nobody_teaches_or_that_belongs_to_nobody_is_told_at_start()
    {
        var calibrator = new AgreementCalibrator();
        Assert.Contains("has a calibrator that nobody teaches", Assert.ThrowsAny<Exception>(() => Make(cascade => cascade.AddTier("ensemble", tier => tier
            .UseChatClient(new ScriptedChatClient("x")).WithSampling(2, agreement => agreement.Calibrator = calibrator).DeferBelow(0.5)))).Message);
        Assert.Contains("belongs to no ensemble", Assert.ThrowsAny<Exception>(() => Make(cascade => cascade
            .AddTier("one", tier => tier.UseChatClient(new ScriptedChatClient("x")).KeepWhenValid()).AddLearner(calibrator))).Message);

        static void Make(Action<CascadeBuilder> configure)
        {
            var services = new ServiceCollection();
            services.AddChatClient(new ScriptedChatClient("expert"));
            services.AddLlmCascade(configure);
            using var provider = services.BuildServiceProvider();
            _ = provider.GetRequiredService<IChatClient>();
        }
    }

    [Fact]
    public async Task Another_measure_of_what_matches_is_another_calibrator()
    {
        await using (var host = Start(new AgreementCalibrator(), save: true))
        {
            await AskAsync(host, 110);
        }

        await using var other = Start(new AgreementCalibrator(options: new() { Match = SimilarityMeasure.TokenF1 }), save: true);
        await Assert.ThrowsAsync<CheckpointException>(() => LearningOf(other).LoadAsync(Token));
    }

    [Fact]
    public void One_calibrator_serves_one_ensemble()
    {
        var options = Exact();
        options.Calibrator = new AgreementCalibrator();
        _ = Ensemble(options, "a", "b");

        Assert.Contains("belongs to another ensemble", Assert.Throws<InvalidOperationException>(() => Ensemble(options, "a", "b", "c")).Message);
    }

    [Fact]
    public void Options_outside_their_range_are_told()
    {
        Assert.Contains("MinimumLessons: 19", Assert.Throws<ArgumentException>(() => new AgreementCalibrator(options: new() { MinimumLessons = 19 })).Message);
        Assert.Contains("Capacity: 50", Assert.Throws<ArgumentException>(() => new AgreementCalibrator(options: new() { Capacity = 50 })).Message);
        Assert.Throws<ArgumentException>(() => new AgreementCalibrator(" "));
    }

    private List<Episode> Episodes { get; } = [];

    private static CascadeLearning LearningOf(IServiceProvider host) => ((CascadeChatClient)host.GetRequiredService<IChatClient>()).Learning!;

    // Of every two questions the members agree on one, and are right there.
    private ServiceProvider Start(
        AgreementCalibrator calibrator, bool save = false, IAgreementMeasure? measure = null, string? model = null, bool hasThird = false, string? question = null)
    {
        _question = question;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
        services.AddChatClient(new ScriptedChatClient(call => $"answer {NumberIn(call)}"));
        services.AddLlmCascade(cascade =>
        {
            cascade.AddTier("ensemble", tier => tier
                .UseEnsemble(ensemble =>
                {
                    ensemble.Agree(agreement => (agreement.Measure, agreement.Calibrator) = (measure ?? AgreementMeasure.SameText, calibrator));
                    ensemble.Add("a", member => _ = model is null ? member.UseChatClient(Client(0)) : member.UseChatClient(Client(0)).UseModel(model));
                    ensemble.Add("b", Client(1));
                    _ = hasThird ? ensemble.Add("c", Client(2)) : ensemble;
                })
                .DeferBelow(0.8))
            .AddLearner(calibrator)
            .OnEpisode(Episodes.Add);
            _ = save ? cascade.SaveLearningTo(Path.Combine(_folder, "learned")) : cascade;
        });
        return services.BuildServiceProvider();

        static ScriptedChatClient Client(int error) => new(call => $"answer {NumberIn(call) + (NumberIn(call) % 2 == 0 ? 0 : (1000 * error) + 500)}");
    }

    private static int NumberIn(ScriptedCall call) => int.Parse(call.Messages[^1].Text.Split(' ')[^1], CultureInfo.InvariantCulture);

    private async Task AskAsync(IServiceProvider host, int questions)
    {
        var client = host.GetRequiredService<IChatClient>();
        for (var i = 0; i < questions; i++)
        {
            await client.GetResponseAsync($"question {_question ?? $"{_asked++}"}", cancellationToken: Token);
        }
    }
}
