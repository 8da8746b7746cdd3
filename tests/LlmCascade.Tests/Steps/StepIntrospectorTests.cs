using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepIntrospectorTests
{
    private static readonly Generation _step = new ScriptedReply("3", "4").WithLogProbabilities(Math.Log(0.9), Math.Log(0.6)).ToGeneration();

    [Fact]
    public async Task A_step_is_as_suspicious_as_its_tokens_are_unsure()
    {
        Assert.Equal(0.4, (await CheckAsync(StepIntrospector.Tokens(TokenConfidence.Minimum))).ErrorProbability!.Value, 12);
        Assert.Equal(1 - Math.Sqrt(0.54), (await CheckAsync(StepIntrospector.Tokens(TokenConfidence.Mean))).ErrorProbability!.Value, 12);
        var unknown = await StepIntrospector.Tokens(TokenConfidence.Minimum).CheckAsync(Cascades.Question, _step with { Tokens = null }, null);
        Assert.Equal((null, StepReasons.NoProbabilities), (unknown.ErrorProbability, unknown.Reason));
        Assert.Equal("tokens-v1 token-minimum", StepIntrospector.Tokens(TokenConfidence.Minimum).Id);
    }

    [Fact]
    public async Task A_step_is_as_suspicious_as_its_candidates_disagree()
    {
        var agreement = new CandidateAgreement([], new AgreementMatrix(1)) { Score = 0.3 };

        Assert.Equal(0.7, (await StepIntrospector.Disagreement.CheckAsync(Cascades.Question, _step with { Agreement = agreement }, null)).ErrorProbability!.Value, 12);
        foreach (var alone in new[] { _step, _step with { Agreement = agreement with { Score = null } } })
        {
            var check = await StepIntrospector.Disagreement.CheckAsync(Cascades.Question, alone, null);
            Assert.Equal((null, StepReasons.NoAgreement), (check.ErrorProbability, check.Reason));
        }
    }

    [Fact]
    public async Task Who_is_certain_decides_and_the_check_that_is_paid_for_is_not_made()
    {
        var client = new ScriptedChatClient("Yes");
        var found = new ScriptedIntrospector("found", 1, canClear: false);
        var paid = StepIntrospector.Asked(new ChatClientGenerator(client));

        var run = await new CheckedGenerator(new ScriptedGenerator("12"), StepIntrospector.FirstCertain(new ScriptedIntrospector("nothing", null), found, paid)).RunAloneAsync(Cascades.Question);

        var check = run.Generation.Check!;
        Assert.Equal((1, "found-reason", "found says why"), (check.ErrorProbability, check.Reason, check.Explanation));
        Assert.Equal(["nothing", "found"], check.Parts.Select(part => part.Source));
        Assert.Empty(client.Calls);
        Assert.Empty(run.Attempt.Children);
    }

    [Fact]
    public async Task Where_nobody_is_certain_the_most_suspicious_one_counts()
    {
        var check = await CheckAsync(StepIntrospector.FirstCertain(
            new ScriptedIntrospector("a", 0.2), new ScriptedIntrospector("b", null), new ScriptedIntrospector("c", 0.6), new ScriptedIntrospector("d", 0.6)));

        Assert.Equal((0.6, "c-reason", 4), (check.ErrorProbability, check.Reason, check.Parts.Length));
    }

    [Fact]
    public async Task Where_nobody_can_tell_nothing_is_told()
    {
        var check = await CheckAsync(StepIntrospector.FirstCertain(new ScriptedIntrospector("a", null), new ScriptedIntrospector("b", null)));

        Assert.Equal((null, null, 2), (check.ErrorProbability, check.Reason, check.Parts.Length));
    }

    [Fact]
    public void A_composition_can_clear_where_a_part_can_and_names_its_parts()
    {
        var (validator, model) = (new ScriptedIntrospector("validator", null, canClear: false), new ScriptedIntrospector("model", 0.5));

        Assert.False(StepIntrospector.FirstCertain(validator, validator).CanClear);
        Assert.True(StepIntrospector.FirstCertain(validator, model).CanClear);
        Assert.StartsWith("first-certain-v1#", StepIntrospector.FirstCertain(validator).Id);
        Assert.NotEqual(StepIntrospector.FirstCertain(validator, model).Id, StepIntrospector.FirstCertain(model, validator).Id);
        Assert.Equal(StepIntrospector.FirstCertain(validator, model).Id, StepIntrospector.FirstCertain(validator, model).Id);
    }

    [Fact]
    public async Task Bad_arguments_are_told()
    {
        Assert.Contains("no introspector", Assert.Throws<ArgumentException>(() => StepIntrospector.FirstCertain()).Message);
        Assert.Contains("is null", Assert.Throws<ArgumentException>(() => StepIntrospector.FirstCertain(StepIntrospector.Disagreement, null!)).Message);
        Assert.Throws<ArgumentNullException>(() => StepIntrospector.FirstCertain(null!));
        Assert.Throws<ArgumentNullException>(() => StepIntrospector.Tokens(null!));
        IStepIntrospector[] all = [StepIntrospector.Disagreement, StepIntrospector.Tokens(TokenConfidence.Mean), StepIntrospector.FirstCertain(StepIntrospector.Disagreement)];
        foreach (var each in all)
        {
            await Assert.ThrowsAsync<ArgumentNullException>(async () => await each.CheckAsync(null!, _step, null));
            await Assert.ThrowsAsync<ArgumentNullException>(async () => await each.CheckAsync(Cascades.Question, null!, null));
        }
    }

    private static async Task<StepCheck> CheckAsync(IStepIntrospector introspector) => await introspector.CheckAsync(Cascades.Question, _step, null);
}
