using System.Globalization;
using LlmCascade.Escalation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmCascade;

/// <summary>Reports how a cascade of the container is doing. It asks no model.</summary>
internal sealed class CascadeHealthCheck(IServiceProvider services, string? name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failureStatus)
    {
        try
        {
            return Report(Find(), failureStatus);
        }
        catch (Exception e)
        {
            return new(failureStatus, e.Message, e);
        }
    }

    private CascadeChatClient Find()
    {
        var registration = services.GetServices<CascadeRegistration>().FirstOrDefault(each => each.Name == name)
            ?? throw new InvalidOperationException(name is null
                ? "There is no unnamed cascade to check. Add one with services.AddLlmCascade(…), or name the cascade to check."
                : $"There is no cascade '{name}' to check. Add it with services.AddLlmCascade(\"{name}\", …), or correct the name.");
        return registration.Resolve(services);
    }

    private static HealthCheckResult Report(CascadeChatClient client, HealthStatus failureStatus)
    {
        var cascade = client.Cascade;
        var health = cascade.GetHealth();

        // Nobody asks the tiers in this mode, so that they have no way to recover.
        IEnumerable<GeneratorHealth> asked =
            [.. health.Mode == CascadeMode.ExpertOnly ? [] : health.Tiers, health.Expert];
        List<string> troubles = [.. asked.Where(each => each.FailuresInARow > 0).Select(Describe)];
        var status = health.Expert.FailuresInARow >= cascade.Settings.RestAfterFailures ? failureStatus
            : troubles.Count > 0 ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        return new(status, string.Join(' ', troubles.Prepend($"The mode is {health.Mode}.")), data: ToData(health, client.Learning));
    }

    private static string Describe(GeneratorHealth health)
    {
        var rest = health.RestsUntil is { } until ? $" and rests until {Text(until)}" : "";
        return $"'{health.Name}' failed {health.FailuresInARow} times in a row{rest}; the last reason is '{health.LastFailure?.Reason}'.";
    }

    private static Dictionary<string, object> ToData(CascadeHealth health, CascadeLearning? learning)
    {
        Dictionary<string, object> data = new()
        {
            ["mode"] = health.Mode.ToString(),
            ["abandoned_calls"] = health.AbandonedCalls,
            ["skipped_shadows"] = health.SkippedShadows,
        };
        foreach (var each in health.Tiers.Append(health.Expert))
        {
            data[$"{each.Name}.failures_in_a_row"] = each.FailuresInARow;
            if (each.RestsUntil is { } until)
            {
                data[$"{each.Name}.rests_until"] = Text(until);
            }

            if (each.LastFailure is { } failure)
            {
                data[$"{each.Name}.last_failure_at"] = Text(failure.At);
                data[$"{each.Name}.last_failure_reason"] = failure.Reason;
                data[$"{each.Name}.last_failure_exception"] = failure.ExceptionType ?? "";
            }
        }

        if (learning is not null)
        {
            Add(learning, data);
        }

        return data;
    }

    private static void Add(CascadeLearning learning, Dictionary<string, object> data)
    {
        data["lessons_learned"] = learning.Learned;
        data["lessons_failed"] = learning.Failed;
        data["lessons_dropped"] = learning.Dropped;
        data["lessons_waiting"] = learning.Waiting;
        data["lessons_unparsed"] = learning.Unparsed;
        data["drifts"] = learning.Drifts;
        foreach (var student in learning.Students)
        {
            data[$"{student.Name}.lessons"] = student.Lessons;
            if (student.Agreement is { } agreement)
            {
                data[$"{student.Name}.agreement"] = agreement;
            }
        }

        if (learning.Budget is { } budget)
        {
            data["expert_calls"] = budget.Spent;
            data["expert_calls_available"] = budget.Available;
        }
    }

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
