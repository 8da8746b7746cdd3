using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class AskedIntrospectorTests
{
    private static readonly Prices _prices = new(perCall: 0.5m);

    private static readonly GenerationRequest _request = new("What are 3 and 4 and 5?")
    {
        Trajectory = new Trajectory([new ChatMessage(ChatRole.User, "What are 3 and 4 and 5?")], [new ReasoningStep("3 + 4 = 7", "small")]),
    };

    [Fact]
    public async Task The_probability_is_that_of_yes_among_yes_and_no_however_they_are_spelled()
    {
        var check = await CheckAsync(Says("No", ("Yes", 0.48), (" yes", 0.12), ("Y", 0.06), ("No", 0.18), (" no", 0.06), ("The", 0.1)));

        Assert.Equal(0.66 / 0.90, check.ErrorProbability!.Value, 12);
        Assert.Null(check.Reason);
    }

    [Fact]
    public async Task The_chosen_token_counts_once_whether_or_not_the_alternatives_hold_it()
    {
        var apart = new ScriptedReply("Yes") { Tokens = [Token("Yes", 0.6) with { Alternatives = [Token("No", 0.3), Token("Maybe", 0.1)] }] };

        Assert.Equal(0.6 / 0.9, (await CheckAsync(apart)).ErrorProbability!.Value, 12);
        Assert.Equal(0.6 / 0.9, (await CheckAsync(Says("Yes", ("Yes", 0.6), ("No", 0.3)))).ErrorProbability!.Value, 12);
    }

    [Theory]
    [InlineData("Yes", 0.8, 0.8)]
    [InlineData(" no", 0.7, 0.3)]
    [InlineData("▁yes", 0.25, 0.25)]
    public async Task Where_only_the_chosen_token_is_known_the_rest_is_the_other_word(string token, double probability, double expected)
    {
        var check = await CheckAsync(new ScriptedReply(token) { Tokens = [Token(token, probability)] });

        Assert.Equal(expected, check.ErrorProbability!.Value, 12);
    }

    [Fact]
    public async Task A_word_that_is_not_among_the_alternatives_is_as_probable_as_what_they_do_not_list()
    {
        var check = await CheckAsync(Says("Yes", ("Yes", 0.6), ("The", 0.3)));

        Assert.Equal(0.6 / 0.7, check.ErrorProbability!.Value, 12);
    }

    [Fact]
    public async Task A_beginning_that_both_words_share_says_nothing()
    {
        var prompt = new CheckPrompt("Is the last step right?", wrong: "Negative", right: "Neutral");

        Assert.Equal(0.75, (await CheckAsync(Says("Ne", ("Ne", 0.5), ("Neg", 0.3), ("Neu", 0.1)), prompt)).ErrorProbability!.Value, 12);
        Assert.Equal(StepReasons.CheckUnparsed, (await CheckAsync(Says("N", ("N", 0.9)), prompt)).Reason);
    }

    [Fact]
    public async Task It_cannot_tell_where_neither_word_is_said_or_nothing_is_known_of_the_tokens()
    {
        var unparsed = await CheckAsync(Says("Maybe", ("Maybe", 0.9), ("", 0.05), (" ", 0.05)));
        var impossible = await CheckAsync(Says("Maybe", ("Maybe", 1), ("Yes", 0), ("No", 0)));
        var unknown = await CheckAsync("Yes");

        Assert.Equal((null, StepReasons.CheckUnparsed), (unparsed.ErrorProbability, unparsed.Reason));
        Assert.Equal((null, StepReasons.CheckUnparsed), (impossible.ErrorProbability, impossible.Reason));
        Assert.Equal((null, StepReasons.NoProbabilities), (unknown.ErrorProbability, unknown.Reason));
    }

    [Fact]
    public async Task One_token_is_asked_for_at_temperature_0_with_the_task_and_the_step_in_view_and_the_callers_instructions_as_part_of_the_task()
    {
        var options = new ChatOptions
        {
            Instructions = "Be exact.",
            Temperature = 0.9f,
            MaxOutputTokens = 500,
            StopSequences = ["\n\n"],
            ResponseFormat = ChatResponseFormat.Json,
            Tools = [AIFunctionFactory.Create(() => 1, "one")],
            ToolMode = ChatToolMode.RequireAny,
            ConversationId = "conversation",
        };
        var client = new ScriptedChatClient(Says("No", ("No", 1)));

        await RunAsync(StepIntrospector.Asked(new ChatClientGenerator(client)), _request with { Options = options, Trajectory = null });

        var call = Assert.Single(client.Calls);
        Assert.Equal((0f, 1, null), (call.Options!.Temperature, call.Options.MaxOutputTokens, call.Options.Instructions));
        Assert.Contains("> Be exact.", call.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal((null, null, null, null, null), (call.Options.Tools, call.Options.ToolMode, call.Options.ResponseFormat, call.Options.StopSequences, call.Options.ConversationId));
        Assert.Equal((0.9f, 500, "conversation", 1), (options.Temperature, options.MaxOutputTokens, options.ConversationId, options.Tools.Count));
        var shown = CheckPrompt.Default.Render(_request with { Options = options, Trajectory = null }, new ScriptedReply("7 + 5 = 13").ToGeneration());
        Assert.Equal(shown.Select(message => message.Text), call.Messages.Select(message => message.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_check_is_accounted_as_a_judge_with_its_cost_and_never_shown(bool isStreaming)
    {
        var run = await RunAsync(Asking(Says("Yes", ("Yes", 0.9), ("No", 0.1)).WithUsage(50, 1)), isStreaming: isStreaming);

        var check = Assert.Single(run.Attempt.Children);
        Assert.Equal(("check", AttemptRole.Judge, StepReasons.Checked), (check.Name, check.Role, check.Verdict.Reason));
        Assert.Equal((0.5m, 50, "Yes"), (check.Cost, check.Usage!.InputTokenCount, check.Generation!.Response.Text));
        Assert.Equal(0.5m, run.Attempt.Total().Cost);
        Assert.Equal(0.9, run.Generation.Check!.ErrorProbability!.Value, 12);
        Assert.DoesNotContain(run.Shown, update => update.Text.Contains("Yes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_check_that_fails_tells_nothing_and_the_step_stays()
    {
        var run = await RunAsync(Asking(ScriptedReply.Throws(new HttpRequestException("down"))));

        Assert.Equal("7 + 5 = 13", run.Generation.Response.Text);
        Assert.Equal((null, StepReasons.CheckFailed), (run.Generation.Check!.ErrorProbability, run.Generation.Check.Reason));
        var check = Assert.Single(run.Attempt.Children);
        Assert.IsType<HttpRequestException>(check.Failure);
        Assert.Equal((0.5m, StepReasons.CheckFailed), (check.Cost, check.Verdict.Reason));
    }

    [Fact]
    public async Task A_check_that_a_client_gives_up_by_itself_is_one_that_failed()
    {
        var run = await RunAsync(Asking(ScriptedReply.Throws(new TaskCanceledException("the client's own limit"))));

        Assert.Equal(StepReasons.CheckFailed, run.Generation.Check!.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_check_that_hangs_ends_with_the_attempt_and_a_deaf_one_is_left_behind(bool isDeaf)
    {
        using var stop = new CancellationTokenSource();
        var client = new ScriptedChatClient(_ =>
        {
            stop.CancelAfter(TimeSpan.FromMilliseconds(20));
            return new ScriptedReply("Yes") { NeverEnds = true, IgnoresCancellation = isDeaf };
        });

        var run = await RunAsync(
            StepIntrospector.Asked(new ChatClientGenerator(client), prices: _prices),
            settings: new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(50) },
            cancellationToken: stop.Token);

        Assert.IsAssignableFrom<OperationCanceledException>(run.Failure);
        var check = Assert.Single(run.Attempt.Children);

        // Whoever waits for the tier gives up at the same time as whoever waits for the check.
        Assert.True(isDeaf || check.Failure is OperationCanceledException);
        Assert.Equal(isDeaf, check.IsAbandoned);
    }

    [Fact]
    public async Task Without_an_attempt_nobody_is_asked()
    {
        var client = new ScriptedChatClient("Yes");

        var check = await StepIntrospector.Asked(new ChatClientGenerator(client)).CheckAsync(_request, new ScriptedReply("x").ToGeneration(), context: null);

        Assert.Equal((null, StepReasons.NotAsked, 0), (check.ErrorProbability, check.Reason, client.Calls.Count));
    }

    [Fact]
    public void The_id_names_the_prompt_and_the_model()
    {
        var client = new ScriptedChatClient("Yes");
        string[] ids =
        [
            StepIntrospector.Asked(new ChatClientGenerator(client)).Id,
            StepIntrospector.Asked(new ChatClientGenerator(client) { ModelId = "small" }).Id,
            StepIntrospector.Asked(new ChatClientGenerator(client), new CheckPrompt("Is it wrong?")).Id,
        ];

        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(ids[0], StepIntrospector.Asked(new ChatClientGenerator(client), new CheckPrompt()).Id);
        Assert.Throws<ArgumentNullException>(() => StepIntrospector.Asked(null!));
    }

    private static ScriptedReply Says(string text, params (string Token, double Probability)[] alternatives) => new(text)
    {
        Tokens =
        [
            Token(text, alternatives.FirstOrDefault(each => each.Token == text).Probability) with
            {
                Alternatives = [.. alternatives.Select(each => Token(each.Token, each.Probability))],
            },
        ],
    };

    private static TokenLogProbability Token(string token, double probability) => new(token, Math.Log(probability));

    private static IStepIntrospector Asking(ScriptedReply reply, CheckPrompt? prompt = null) =>
        StepIntrospector.Asked(new ChatClientGenerator(new ScriptedChatClient(reply)), prompt, _prices);

    private static async Task<StepCheck> CheckAsync(ScriptedReply reply, CheckPrompt? prompt = null) =>
        (await RunAsync(Asking(reply, prompt))).Generation.Check!;

    private static Task<GeneratorRun> RunAsync(
        IStepIntrospector introspector,
        GenerationRequest? request = null,
        bool isStreaming = false,
        CascadeSettings? settings = null,
        CancellationToken cancellationToken = default) =>
        new CheckedGenerator(new ScriptedGenerator("7 + 5 = 13"), introspector)
            .RunAloneAsync(request ?? _request, isStreaming, settings: settings, cancellationToken: cancellationToken);
}
