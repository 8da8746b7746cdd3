using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class HealthCheckTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    private readonly ScriptedChatClient _small;
    private readonly ScriptedChatClient _expert;
    private readonly IHost _host;
    private ScriptedReply _smallReply = "Lyon";
    private ScriptedReply _expertReply = "Paris";

    public HealthCheckTests()
    {
        _small = new ScriptedChatClient(_ => _smallReply);
        _expert = new ScriptedChatClient(_ => _expertReply);
        _host = BuildHost(services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.AddChatClient(_expert);
            services.AddLlmCascade(cascade => cascade
                .AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid())
                .Configure(options => options.RestAfterFailures = 2));
            services.AddHealthChecks().AddLlmCascade();
        });
    }

    private Cascade Cascade => _host.Services.Cascade().Cascade;

    [Fact]
    public async Task A_cascade_that_was_not_asked_yet_is_healthy_and_is_not_asked_now()
    {
        var report = await CheckAsync();

        Assert.Equal((HealthStatus.Healthy, "The mode is Normal."), (report.Status, report.Description));
        Assert.Equal(
            [("abandoned_calls", 0), ("expert.failures_in_a_row", 0), ("mode", "Normal"), ("skipped_shadows", 0L), ("small.failures_in_a_row", 0)],
            report.Data.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value)));
        Assert.Empty(_small.Calls.Concat(_expert.Calls));
    }

    [Fact]
    public async Task What_a_cascade_learns_and_spends_is_among_the_data()
    {
        using var host = BuildHost(services =>
        {
            services.AddChatClient(new ScriptedChatClient("good"));
            services.AddLlmCascade(cascade => cascade.Classify("good", "bad").AddStudent("lr").LimitExpertCalls(50, 100));
            services.AddHealthChecks().AddLlmCascade();
        });
        for (var i = 0; i < 12; i++)
        {
            await host.Services.GetRequiredService<CascadeClassifier>().ClassifyAsync($"text {i}");
        }

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        var data = Assert.Single(report.Entries).Value.Data;
        Assert.Equal((12L, 0L, 0L, 0), (data["lessons_learned"], data["lessons_failed"], data["lessons_dropped"], data["lessons_waiting"]));
        Assert.Equal((12L, 12L, 38L), (data["lr.lessons"], data["expert_calls"], data["expert_calls_available"]));
        Assert.InRange((double)data["lr.agreement"], 0, 1);
    }

    [Fact]
    public async Task A_tier_whose_last_call_failed_degrades_the_cascade_until_it_answers()
    {
        _smallReply = ScriptedReply.Throws(new IOException("secret question"));
        await AskAsync();
        var broken = await CheckAsync();
        _smallReply = "Lyon";
        _time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync();
        var recovered = await CheckAsync();

        Assert.Equal(HealthStatus.Degraded, broken.Status);
        Assert.Contains("'small' failed 1 times in a row", broken.Description, StringComparison.Ordinal);
        Assert.Equal((1, "failed", "System.IO.IOException", "2026-11-20T08:00:00.0000000+00:00"), (
            broken.Data["small.failures_in_a_row"],
            broken.Data["small.last_failure_reason"],
            broken.Data["small.last_failure_exception"],
            broken.Data["small.last_failure_at"]));
        Assert.DoesNotContain("small.rests_until", broken.Data.Keys);
        Assert.Equal((HealthStatus.Healthy, 0), (recovered.Status, recovered.Data["small.failures_in_a_row"]));
        Assert.Equal("2026-11-20T08:00:00.0000000+00:00", recovered.Data["small.last_failure_at"]);
    }

    [Fact]
    public async Task A_tier_that_rests_is_reported_with_the_end_of_its_rest()
    {
        _smallReply = " ";
        await AskAsync(times: 3);
        _time.Advance(TimeSpan.FromSeconds(10));

        var report = await CheckAsync();

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("rests until 2026-11-20T08:00:30", report.Description, StringComparison.Ordinal);
        Assert.Equal((2, "empty", "", "2026-11-20T08:00:30.0000000+00:00"), (
            report.Data["small.failures_in_a_row"],
            report.Data["small.last_failure_reason"],
            report.Data["small.last_failure_exception"],
            report.Data["small.rests_until"]));
    }

    [Fact]
    public async Task An_expert_that_fails_once_degrades_the_cascade_and_one_that_goes_on_failing_is_a_failure()
    {
        _smallReply = _expertReply = ScriptedReply.Throws(new IOException("down"));
        await AskAsync();
        var once = await CheckAsync();
        await AskAsync(times: 2);
        var often = await CheckAsync();
        _expertReply = "Paris";
        await AskAsync();
        var back = await CheckAsync();

        Assert.Equal(HealthStatus.Degraded, once.Status);
        Assert.Equal((HealthStatus.Unhealthy, 3, 2), (
            often.Status, often.Data["expert.failures_in_a_row"], often.Data["small.failures_in_a_row"]));
        Assert.DoesNotContain("expert.rests_until", often.Data.Keys);
        Assert.Equal((HealthStatus.Degraded, 0), (back.Status, back.Data["expert.failures_in_a_row"]));
    }

    [Fact]
    public async Task Where_only_the_expert_is_asked_only_the_expert_counts()
    {
        _smallReply = ScriptedReply.Throws(new IOException("down"));
        await AskAsync(times: 2);
        Cascade.Mode = CascadeMode.ExpertOnly;

        var report = await CheckAsync();

        Assert.Equal((HealthStatus.Healthy, "The mode is ExpertOnly."), (report.Status, report.Description));
        Assert.Equal(2, report.Data["small.failures_in_a_row"]);
    }

    [Fact]
    public async Task Only_plain_values_are_reported_and_no_text_of_a_request()
    {
        _smallReply = _expertReply = ScriptedReply.Throws(new IOException("secret"));
        await AskAsync(times: 3);

        var report = await CheckAsync();

        Assert.All(report.Data.Values, value => Assert.True(value is string or int or long));
        Assert.DoesNotContain("secret", report.Description + string.Join(' ', report.Data.Values), StringComparison.Ordinal);
        Assert.Null(report.Exception);
    }

    [Fact]
    public async Task A_named_cascade_is_checked_under_its_name()
    {
        using var host = BuildHost(services =>
        {
            services.AddLlmCascade("fast", cascade => cascade
                .AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(_expert)));
            services.AddHealthChecks().AddLlmCascade("fast").AddLlmCascade("fast", "models", HealthStatus.Degraded, ["ready"]);
        });
        host.Services.Cascade("fast").Cascade.Mode = CascadeMode.FreezeLearning;

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(["LlmCascade:fast", "models"], report.Entries.Keys.Order());
        Assert.All(report.Entries.Values, entry => Assert.Equal("FreezeLearning", entry.Data["mode"]));
        Assert.Equal(["ready"], report.Entries["models"].Tags);
    }

    [Theory]
    [InlineData(null, HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task A_mistake_in_the_cascade_is_reported_with_the_status_of_a_failure(HealthStatus? failureStatus, HealthStatus expected)
    {
        using var host = BuildHost(services =>
        {
            services.AddChatClient(_expert);
            services.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier.UseChatClient(_small)));
            services.AddHealthChecks().AddLlmCascade(failureStatus: failureStatus);
        });

        var report = await CheckAsync(host);

        Assert.Equal(expected, report.Status);
        Assert.IsAssignableFrom<OptionsValidationException>(report.Exception);
        Assert.Contains("Tier 'small' has no policy that can keep", report.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "There is no unnamed cascade")]
    [InlineData("fsat", "There is no cascade 'fsat'")]
    public async Task A_cascade_that_is_not_there_is_a_failure(string? cascadeName, string expected)
    {
        using var host = BuildHost(services =>
        {
            services.AddChatClient(_expert);
            services.AddLlmCascade("fast", cascade => cascade
                .AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(_expert)));
            services.AddHealthChecks().AddLlmCascade(cascadeName, "LlmCascade");
        });

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains(expected, report.Description, StringComparison.Ordinal);
        Assert.Empty(_expert.Calls);
    }

    [Fact]
    public void Empty_names_are_refused()
    {
        var checks = new ServiceCollection().AddHealthChecks();

        Assert.Throws<ArgumentException>(() => checks.AddLlmCascade(""));
        Assert.Throws<ArgumentException>(() => checks.AddLlmCascade(name: " "));
    }

    public void Dispose() => _host.Dispose();

    private static async Task<HealthReportEntry> CheckAsync(IHost host) =>
        Assert.Single((await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries, each => each.Key == "LlmCascade").Value;

    private Task<HealthReportEntry> CheckAsync() => CheckAsync(_host);

    private async Task AskAsync(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            try
            {
                await _host.Services.GetRequiredService<IChatClient>().GetResponseAsync("secret question");
            }
            catch (CascadeException)
            {
            }
        }
    }
}
