using System.Text.Json;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class NoteInSameCallTests : LearningTest
{
    public NoteInSameCallTests() => Expert = new ScriptedChatClient(call => call.Options?.ResponseFormat is ChatResponseFormatJson
        ? Both
        : IsDistillation(call) ? Distilled() : ExpertAnswers);

    private ScriptedReply Both { get; set; } = Json("45 days", Note).WithUsage(100, 40);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_note_comes_with_the_answer_and_the_caller_sees_the_answer_alone(bool isStreaming)
    {
        await using var host = Start(cascade: InSameCall);

        var text = isStreaming
            ? string.Concat(await host.GetRequiredService<IChatClient>().GetStreamingResponseAsync(Query, Options()).Select(update => update.Text).ToListAsync())
            : (await host.GetRequiredService<IChatClient>().GetResponseAsync(Query, Options())).Text;
        await LearningOf(host).SettleAsync();

        Assert.Equal("45 days", text);
        Assert.Equal(Note, (await OnlyAsync(Repository)).Text);
        Assert.Equal(Note, Episodes[0].Answer!.Note);
        Assert.Equal((100, 40), (Episodes[0].Root.Children[1].Usage!.InputTokenCount, Episodes[0].Root.Children[1].Usage!.OutputTokenCount));
        Assert.Contains("\"note\"", Assert.Single(Expert.Calls).Options!.Instructions, StringComparison.Ordinal);
        await AskAsync(host, Other);
        Assert.Equal("small", Episodes[1].Answerer!.Name);
    }

    [Fact]
    public async Task The_callers_own_instructions_and_limit_stay()
    {
        await using var host = Start(cascade: InSameCall);
        var options = Options();
        (options.Instructions, options.MaxOutputTokens) = ("Be brief.", 20);

        await host.GetRequiredService<IChatClient>().GetResponseAsync(Query, options);

        var asked = Assert.Single(Expert.Calls).Options!;
        Assert.StartsWith("Be brief.\n\n", asked.Instructions, StringComparison.Ordinal);
        Assert.Equal(420, asked.MaxOutputTokens);
        Assert.Equal(("Be brief.", 20), (options.Instructions, options.MaxOutputTokens));
        Assert.Null(options.ResponseFormat);
    }

    [Theory]
    [InlineData("45 days")]
    [InlineData("{\"answer\": \"45 days\"")]
    [InlineData("[1]")]
    [InlineData("{\"note\": \"x\"}")]
    [InlineData("{\"answer\": 45, \"note\": \"x\"}")]
    [InlineData("{\"answer\": \"\", \"note\": \"x\"}")]
    public async Task A_reply_that_is_no_such_object_is_asked_for_again_without_it(string reply)
    {
        Both = reply;
        await using var host = Start(cascade: InSameCall);

        await AskAsync(host, Query);

        Assert.Equal("45 days", Episodes[0].Answer!.Response.Text);
        Assert.Null(Episodes[0].Answer!.Note);
        Assert.Equal(3, Expert.Calls.Count);
        Assert.Equal(Note, (await OnlyAsync(Repository)).Text);
    }

    [Fact]
    public async Task An_expert_that_cannot_do_it_is_asked_so_five_times()
    {
        Both = "45 days";
        Distilled = () => "NOTHING";
        await using var host = Start(cascade: InSameCall);
        for (var i = 0; i < 20; i++)
        {
            await AskAsync(host, Query);
        }

        Assert.Equal(5, Expert.Calls.Count(call => call.Options?.ResponseFormat is ChatResponseFormatJson));
    }

    [Fact]
    public async Task The_largest_limit_stays_the_largest()
    {
        await using var host = Start(cascade: InSameCall);
        var options = Options();
        options.MaxOutputTokens = int.MaxValue;

        await host.GetRequiredService<IChatClient>().GetResponseAsync(Query, options);

        Assert.Equal(int.MaxValue, Assert.Single(Expert.Calls).Options!.MaxOutputTokens);
    }

    [Fact]
    public async Task An_empty_note_is_none_and_nobody_is_asked_for_another()
    {
        Both = Json("45 days", " ");
        await using var host = Start(cascade: InSameCall);

        await AskAsync(host, Query);

        Assert.Single(Expert.Calls);
        Assert.Empty(await Repository.ListAsync(StrategyFilter.InAllScopes));
    }

    [Fact]
    public async Task It_is_asked_for_where_a_tier_deferred_in_a_scope_and_the_request_wants_no_format_of_its_own()
    {
        await using var host = Start(cascade: InSameCall);
        var client = host.GetRequiredService<IChatClient>();
        var formatted = Options();
        formatted.ResponseFormat = ChatResponseFormat.Text;
        var withTools = Options();
        withTools.Tools = [AIFunctionFactory.Create(() => 1, "one")];

        await client.GetResponseAsync("a", formatted);
        await client.GetResponseAsync("b", withTools);
        await client.GetResponseAsync("c", Options(scope: null));
        await client.GetResponseAsync("d", Options(configure: request => request.ForceExpert()));
        await client.GetResponseAsync("e", Options(configure: request => request.NoLearning()));

        Assert.DoesNotContain(Expert.Calls, call => call.Options?.ResponseFormat is ChatResponseFormatJson);
    }

    private static void InSameCall(CascadeBuilder cascade) => cascade.LearnStrategies(strategies => strategies.InSameCall = true);

    private static ScriptedReply Json(string answer, string note) => new(JsonSerializer.Serialize(new { answer, note }));
}
