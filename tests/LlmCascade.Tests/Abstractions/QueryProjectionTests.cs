using CsCheck;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Abstractions;

public sealed class QueryProjectionTests
{
    private static readonly ChatMessage _call =
        new(ChatRole.Assistant, [new FunctionCallContent("1", "forecast", new Dictionary<string, object?> { ["city"] = "Oslo" })]);

    private static readonly ChatMessage _result = new(ChatRole.Tool, [new FunctionResultContent("1", "rain")]);

    [Fact]
    public void The_question_of_a_first_turn_is_the_text_of_its_user_message() =>
        Assert.Equal("Capital of France?\nBe brief.", Query(User("Capital of France?\nBe brief.")));

    [Fact]
    public void A_user_message_that_only_brings_tool_results_is_no_question() =>
        Assert.Equal(
            "Rain in Oslo?",
            Query(User("Rain in Oslo?"), _call, new ChatMessage(ChatRole.User, [new FunctionResultContent("1", "rain")])));

    [Fact]
    public void Earlier_turns_stand_before_the_last_one_a_line_each_with_their_role() =>
        Assert.Equal(
            "user: Capital of France?\nassistant: Paris.\nuser: And of Spain?",
            Query(User("Capital of France?"), Assistant("Paris."), User("And of Spain?")));

    [Fact]
    public void Of_the_assistants_texts_only_the_latest_stands_there() =>
        Assert.Equal(
            "user: One?\nuser: Two?\nassistant: 2\nuser: Three?",
            Query(User("One?"), Assistant("1"), User("Two?"), Assistant("2"), User("Three?")));

    [Fact]
    public void Earlier_messages_become_one_line_and_the_last_keeps_its_lines() =>
        Assert.Equal(
            "user: a b\nassistant: c d e\nuser: f\ng", Query(User("a\nb"), Assistant("c\r\nd\ne"), User("f\ng")));

    [Fact]
    public void An_assistant_message_that_only_calls_tools_is_not_the_latest_text() =>
        Assert.Equal(
            "user: One?\nassistant: I will look.\nuser: Two?\nuser: Three?",
            Query(User("One?"), Assistant("I will look."), _call, _result, User("Two?"), _call, _result, User("Three?")));

    [Fact]
    public void Without_any_assistant_text_the_user_turns_stand_alone() =>
        Assert.Equal("user: One?\nuser: Two?", Query(User("One?"), _call, _result, User("Two?")));

    [Fact]
    public void A_greeting_of_the_assistant_does_not_make_a_first_turn_a_second_one() =>
        Assert.Equal("Capital of France?", Query(Assistant("How can I help?"), User("Capital of France?")));

    [Fact]
    public void System_and_tool_and_reasoning_content_never_enters() =>
        Assert.Equal(
            "user: One?\nassistant: 1\nuser: Two?",
            Query(
                new ChatMessage(ChatRole.System, "secret"),
                User("One?"),
                new ChatMessage(ChatRole.Tool, "secret"),
                new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("secret"), new TextContent("1")]),
                new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("secret")]),
                new ChatMessage(ChatRole.System, "secret"),
                new ChatMessage(ChatRole.User, [new TextContent("Two?"), new TextReasoningContent("secret"), new UsageContent(new())])));

    [Theory]
    [InlineData("image/png", "[image]")]
    [InlineData("audio/wav", "[audio]")]
    [InlineData("video/mp4", "[video]")]
    [InlineData("application/pdf", "[file]")]
    [InlineData("text/plain", "[file]")]
    public void Other_content_appears_as_its_kind(string mediaType, string expected)
    {
        Assert.Equal(expected, Query(User(new DataContent(new byte[] { 1 }, mediaType))));
        Assert.Equal(expected, Query(User(new UriContent("https://example.com/it", mediaType))));
    }

    [Fact]
    public void A_hosted_file_appears_as_a_file() => Assert.Equal("[file]", Query(User(new HostedFileContent("id"))));

    [Fact]
    public void A_placeholder_is_a_word_of_its_own_and_chunks_of_text_are_not()
    {
        var image = new DataContent(new byte[] { 1 }, "image/png");

        Assert.Equal("Who is this? [image]", Query(User(new TextContent("Who is "), new TextContent("this?"), image)));
        Assert.Equal("[image] [image] Who?", Query(User(image, image, new TextContent("Who?"))));
    }

    [Fact]
    public void The_newest_2000_characters_are_kept()
    {
        var text = string.Concat(Enumerable.Range(0, 600).Select(i => $"{i:000} "));

        Assert.Equal(text[^2000..], Query(User(text)));
        Assert.Equal(text[^2000..], Query(User("One?"), Assistant("1"), User(text)));
        Assert.Equal(text[..2000], Query(User(text[..2000])));
        Assert.Equal(text[..1999], Query(User(text[..1999])));
    }

    [Fact]
    public void The_oldest_turns_are_the_first_to_go()
    {
        var query = Query(User(new string('a', 1500)), Assistant(new string('b', 600)), User(new string('c', 600)));

        Assert.Equal(2000, query.Length);
        Assert.EndsWith($"a\nassistant: {new string('b', 600)}\nuser: {new string('c', 600)}", query);
    }

    [Fact]
    public void No_half_of_a_surrogate_pair_is_kept()
    {
        Assert.Equal(new string('a', 1999), Query(User("😀" + new string('a', 1999))));
        Assert.Equal("😀" + new string('a', 1998), Query(User("b😀" + new string('a', 1998))));
    }

    [Fact]
    public void A_question_of_whatever_length_is_whole_text_of_at_most_2000_characters() =>
        Gen.OneOfConst("a", "é", "😀", " ").Array[1900, 2100].Select(string.Concat).Sample(text =>
        {
            var query = Query(User(text));
            return query.Length <= 2000
                && query.Length >= Math.Min(text.Length, 1999)
                && text.EndsWith(query, StringComparison.Ordinal)
                && !char.IsLowSurrogate(query[0]);
        });

    [Fact]
    public void A_conversation_without_a_user_asks_nothing()
    {
        Assert.Equal("", Query());
        Assert.Equal("", Query(new ChatMessage(ChatRole.System, "Be brief."), Assistant("How can I help?")));
        Assert.Equal("", Query(new ChatMessage(ChatRole.User, (IList<AIContent>)[])));
    }

    [Fact]
    public void Tool_iterations_do_not_change_the_question()
    {
        ChatMessage[] asked = [User("One?"), Assistant("1"), User("Two?")];
        ChatMessage[] iterated = [.. asked, Assistant("I will look."), _call, _result, Assistant("Once more."), _call, _result];

        Assert.Equal(Query(asked), Query(iterated));
    }

    [Fact]
    public void The_default_projection_has_a_stable_name()
    {
        Assert.Equal("last-user-v1", QueryProjection.LastUser.Id);
        Assert.Equal("last-user-v1", Question.QueryProjectionId);
    }

    [Fact]
    public void A_question_is_projected_once_when_first_asked_for_and_copies_share_it()
    {
        var count = 0;
        var counting = QueryProjection.Create("counting-v1", messages => $"{++count}: {messages[^1].Text}");
        var request = new GenerationRequest([User("One?")], projection: counting);
        var copy = request with { Messages = [User("One? (with a hint)")], Options = new ChatOptions() };

        Assert.Equal(0, count);
        Assert.Equal("1: One?", copy.Query);
        Assert.Equal("1: One?", request.Query);
        Assert.Equal("counting-v1", copy.QueryProjectionId);
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_host_may_bring_its_own_projection()
    {
        var episodes = new EpisodeRecorder();
        var settings = new CascadeSettings
        {
            QueryProjection = QueryProjection.Create("first-v1", messages => messages[0].Text),
            OnEpisode = episodes.Record,
        };

        var client = new CascadeChatClient(new Cascade([], Expert("Paris"), settings));
        await client.GetResponseAsync([User("One?"), Assistant("1"), User("Two?")]);

        Assert.Equal(("One?", "first-v1"), (episodes.Only.Request.Query, episodes.Only.Request.QueryProjectionId));
    }

    [Fact]
    public void A_projection_has_a_name_and_a_function()
    {
        Assert.Throws<ArgumentException>("id", () => QueryProjection.Create(" ", _ => ""));
        Assert.Throws<ArgumentNullException>("project", () => QueryProjection.Create("none-v1", null!));
    }

    private static string Query(params ChatMessage[] messages) => new GenerationRequest(messages).Query;

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    private static ChatMessage User(params AIContent[] contents) => new(ChatRole.User, contents);

    private static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);
}
