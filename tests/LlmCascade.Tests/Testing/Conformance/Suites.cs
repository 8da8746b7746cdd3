using System.Reflection;
using LlmCascade.Testing;
using LlmCascade.Testing.Conformance;
using Xunit;

namespace LlmCascade.Tests.Testing.Conformance;

/// <summary>Finds the rules of a suite and runs them by name, so that none is forgotten.</summary>
internal static class Suites
{
    public static IReadOnlyList<string> RulesOf<TSuite>() =>
    [
        .. typeof(TSuite)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.ReturnType == typeof(Task))
            .Select(method => method.Name),
    ];

    public static Task CheckAsync(object suite, string rule) => (Task)suite.GetType().GetMethod(rule)!.Invoke(suite, null)!;

    public static async Task ExpectBrokenAsync(object suite, string rule, string happened)
    {
        var broken = await Assert.ThrowsAsync<ExpectationException>(() => CheckAsync(suite, rule));
        Assert.StartsWith(rule + ": expected ", broken.Message, StringComparison.Ordinal);
        Assert.Contains(happened, broken.Message, StringComparison.Ordinal);
    }
}

/// <summary>Runs every rule for a generator of the library.</summary>
public abstract class GeneratorRules : GeneratorConformance
{
    protected override bool IsDeterministic => true;

    public static TheoryData<string> Rules() => [.. Suites.RulesOf<GeneratorConformance>()];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task It_keeps_the_rule(string rule) => Suites.CheckAsync(this, rule);

    protected static ScriptedReply Echo(string question) => new ScriptedReply("You asked: ", question).WithUsage(10, 2);
}

/// <summary>Runs every rule for a policy of the library.</summary>
public abstract class PolicyRules(IDeferralPolicy policy) : DeferralPolicyConformance
{
    public static TheoryData<string> Rules() => [.. Suites.RulesOf<DeferralPolicyConformance>()];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task It_keeps_the_rule(string rule) => Suites.CheckAsync(this, rule);

    protected override IDeferralPolicy CreatePolicy() => policy;
}
