using System.Globalization;
using Xunit;

namespace LlmCascade.Tests.Chaos;

/// <summary>Models that do all that models should not do, and what must hold all the same; <see cref="ChaosChecks"/> says what.</summary>
public sealed class ChaosTests
{
    private static readonly Behaviour[] _behaviours = Enum.GetValues<Behaviour>();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public Task Whatever_two_tiers_and_the_expert_do_there_is_one_answer_or_one_exception(bool isStreaming, bool isKept) =>
        ChaosBatch.PlayAsync(
            from first in _behaviours
            from second in _behaviours
            from expert in _behaviours
            select Triple(first, second, expert, isStreaming, isKept ? Judgement.Keeps : Judgement.Defers));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Whatever_a_model_does_it_does_no_harm_as_a_tier_or_as_the_expert(bool isStreaming) =>
        ChaosBatch.PlayAsync(
            from behaviour in _behaviours
            from variant in Enumerable.Range(0, Garbage.Variants)
            from usage in Enum.GetValues<UsageReport>()
            from judge in new[] { Judgement.Keeps, Judgement.Defers }
            select Pair(behaviour, variant, usage, judge, isStreaming));

    /// <remarks>
    /// A script that breaks something says its number. With that number in the environment variable CHAOS_SEED, this one
    /// script is played over and over, because the thread pool decides the order of what happens at once. CHAOS_FROM is
    /// the number of the first of ten thousand others.
    /// </remarks>
    [Fact]
    public Task Ten_thousand_random_scripts_break_nothing() => ChaosBatch.PlayAsync(
        Setting("CHAOS_SEED") is { } seed
            ? Enumerable.Repeat(seed, 500).Select(RandomScripts.Make)
            : Enumerable.Range(Setting("CHAOS_FROM") ?? 1, 10_000).Select(RandomScripts.Make));

    private static ChaosScript Triple(Behaviour first, Behaviour second, Behaviour expert, bool isStreaming, Judgement judge)
    {
        // The variants differ from triple to triple.
        var variant = ((int)first * 7) + ((int)second * 3) + (int)expert;
        return new ChaosScript(
            $"{first}, {second}, {expert}",
            new CascadeScript(
                [Place("chaos-first", first, variant, 1, judge), Place("chaos-second", second, variant + 1, 10, judge)],
                Place("chaos-expert", expert, variant + 2, 100, null)),
            [new RequestScript(isStreaming)]);
    }

    private static ChaosScript Pair(Behaviour behaviour, int variant, UsageReport usage, Judgement judge, bool isStreaming) => new(
        $"{behaviour}-{variant}",
        new CascadeScript(
            [Place("chaos-tier", behaviour, variant, 1, judge, usage)],
            Place("chaos-expert", judge == Judgement.Keeps ? Behaviour.Answers : behaviour, variant, 10, null, usage)),
        [new RequestScript(isStreaming)]);

    private static PlaceScript Place(
        string name, Behaviour behaviour, int variant, int tokens, Judgement? judge, UsageReport usage = UsageReport.Whole) =>
        new(name, new TurnsScript([new ModelScript(behaviour, variant) { Tokens = tokens, Usage = usage }]), judge)
        {
            Timeout = TimeSpan.FromSeconds(10),
            Prices = new Prices(1_000_000, 2_000_000, perCall: 5),
        };

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
