using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing.Conformance;

public sealed class ChatClientGeneratorKeepsTheRules : GeneratorRules
{
    private Func<bool> _isWaiting = () => false;

    protected override bool IsWaiting => _isWaiting();

    protected override IGenerator CreateGenerator() => Wrap(new ScriptedChatClient(call => Echo(call.Messages[^1].Text)));

    protected override IGenerator CreateFailingGenerator() =>
        Wrap(new ScriptedChatClient(new ScriptedReply("You ") { Failure = new IOException("cut") }));

    protected override IGenerator CreateEndlessGenerator()
    {
        var model = new ScriptedChatClient(new ScriptedReply("You ") { NeverEnds = true });
        _isWaiting = () => model.ActiveCalls > 0;
        return Wrap(model);
    }

    private static ChatClientGenerator Wrap(ScriptedChatClient client) => new(client)
    {
        ModelId = "mini",
        Configure = options =>
        {
            options.Instructions += " Be brief.";
            options.StopSequences = [.. options.StopSequences ?? [], "."];
        },
        Confidence = (_, response) => Confidence.Proxy(1.0 / response.Text.Length),
    };
}

public sealed class A_chat_client_with_token_confidence_keeps_the_rules : GeneratorRules
{
    protected override IGenerator CreateGenerator() =>
        Wrap(call => Echo(call.Messages[^1].Text).WithLogProbabilities(-0.1, -0.2));

    protected override IGenerator CreateFailingGenerator() =>
        Wrap(_ => new ScriptedReply("You ") { Failure = new IOException("cut") }.WithLogProbabilities(-0.1));

    protected override IGenerator CreateEndlessGenerator() => Wrap(_ => new ScriptedReply("You ") { NeverEnds = true });

    private static ChatClientGenerator Wrap(Func<ScriptedCall, ScriptedReply> script) =>
        new(new ScriptedChatClient(script)) { TokenConfidence = TokenConfidence.Quantile(0.1) };
}

public sealed class ScriptedGeneratorKeepsTheRules : GeneratorRules
{
    protected override IGenerator CreateGenerator() =>
        new ScriptedGenerator(request => Echo(request.Query) with { Confidence = Confidence.Measured(0.5) });

    protected override IGenerator CreateFailingGenerator() =>
        new ScriptedGenerator(new ScriptedReply("You ") { Failure = new IOException("cut") });

    protected override IGenerator CreateEndlessGenerator() =>
        new ScriptedGenerator(new ScriptedReply("You ") { NeverEnds = true });
}

public sealed class A_nested_cascade_whose_tier_is_kept_keeps_the_rules : GeneratorRules
{
    protected override IGenerator CreateGenerator() =>
        new Cascade([new Tier("small", new ScriptedGenerator(request => Echo(request.Query)), KeepAll)], Expert("Paris"));

    protected override IGenerator CreateFailingGenerator() => new Cascade(
        [Tier("small", new ScriptedReply("You ") { Failure = new IOException("cut") })],
        Expert(ScriptedReply.Throws(new IOException("down"))));

    protected override IGenerator CreateEndlessGenerator() =>
        new Cascade([Tier("small", new ScriptedReply("You ") { NeverEnds = true })], Expert("Paris"));
}

public sealed class A_nested_cascade_whose_expert_answers_keeps_the_rules : GeneratorRules
{
    protected override IGenerator CreateGenerator() => new Cascade(
        [Tier("small", new ScriptedReply("Lyon?").WithUsage(10, 1), DeferAll)],
        new Expert(new ChatClientGenerator(new ScriptedChatClient(call => Echo(call.Messages[^1].Text)))));

    protected override IGenerator CreateFailingGenerator() => new Cascade(
        [Tier("small", "Lyon?", DeferAll)], Expert(new ScriptedReply("You ") { Failure = new IOException("cut") }));

    protected override IGenerator CreateEndlessGenerator() =>
        new Cascade([Tier("small", "Lyon?", DeferAll)], Expert(new ScriptedReply("You ") { NeverEnds = true }));
}

public sealed class LabelingGeneratorKeepsTheRules : GeneratorRules
{
    private static readonly LabelPrompt _prompt = new(new LabelSpace("yes", "no"));

    protected override IGenerator CreateGenerator() => new LabelingGenerator(
        new ScriptedGenerator(request => request.Labels is null ? Echo(request.Query) : Echo("Yes!")), _prompt);

    protected override IGenerator CreateFailingGenerator() =>
        new LabelingGenerator(new ScriptedGenerator(new ScriptedReply("You ") { Failure = new IOException("cut") }), _prompt);

    protected override IGenerator CreateEndlessGenerator() =>
        new LabelingGenerator(new ScriptedGenerator(new ScriptedReply("You ") { NeverEnds = true }), _prompt);
}

public sealed class EnsembleGeneratorKeepsTheRules : GeneratorRules
{
    protected override IGenerator CreateGenerator() => Of(
        new ChatClientGenerator(new ScriptedChatClient(call => Echo(call.Messages[^1].Text))), new ScriptedGenerator(request => Echo(request.Query)));

    protected override IGenerator CreateFailingGenerator() => Of(
        new ScriptedGenerator(new ScriptedReply("You ") { Failure = new IOException("cut") }), new ScriptedGenerator(new ScriptedReply("") { Failure = new IOException("cut") }));

    protected override IGenerator CreateEndlessGenerator() =>
        Of(new ScriptedGenerator(new ScriptedReply("You ") { NeverEnds = true }), new ScriptedGenerator(new ScriptedReply("You ") { NeverEnds = true }));

    private static EnsembleGenerator Of(params IGenerator[] members) => new(members.Select((member, i) => new EnsembleMember($"m{i}", member)));
}

public sealed class SamplingGeneratorKeepsTheRules : GeneratorRules
{
    protected override IGenerator CreateGenerator() => new SamplingGenerator(new ScriptedGenerator(request => Echo(request.Query)), 3);

    protected override IGenerator CreateFailingGenerator() =>
        new SamplingGenerator(new ScriptedGenerator(new ScriptedReply("You ") { Failure = new IOException("cut") }), 2);

    protected override IGenerator CreateEndlessGenerator() =>
        new SamplingGenerator(new ScriptedGenerator(new ScriptedReply("You ") { NeverEnds = true }), 2);
}
