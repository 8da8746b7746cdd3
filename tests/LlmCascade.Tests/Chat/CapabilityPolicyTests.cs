using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Chat;

public sealed class CapabilityPolicyTests
{
    private static readonly ChatCapabilities _all = new();

    private static readonly ChatCapabilities _none = new()
    {
        Tools = false,
        Images = false,
        Audio = false,
        Video = false,
        Files = false,
        JsonSchema = false,
    };

    private static readonly AITool _clock = AIFunctionFactory.Create((string zone) => zone, "clock", "Tells the time.");

    private static readonly ChatResponseFormat _schema = ChatResponseFormat.ForJsonSchema<int[]>();

    [Fact]
    public async Task Everything_is_accepted_by_default()
    {
        var message = User(
            Data("image/png"), Data("audio/wav"), Data("video/mp4"), Data("application/pdf"), new HostedFileContent("id"));
        var options = new ChatOptions { Tools = [_clock], ResponseFormat = _schema, MaxOutputTokens = int.MaxValue };

        Assert.Equal("kept", await ReasonAsync(_all, message, options));
    }

    [Fact]
    public async Task Text_is_accepted_even_where_nothing_else_is()
    {
        Assert.Equal("kept", await ReasonAsync(_none, User(new TextContent("Hi"), new TextReasoningContent("hm"))));
        Assert.Equal("kept", await ReasonAsync(_none, User("Hi"), new ChatOptions { Tools = [] }));
    }

    [Fact]
    public async Task A_tier_that_lacks_a_capability_is_skipped_without_a_call()
    {
        var generator = new ScriptedGenerator("A cat.");
        var tier = new Tier("small", generator, DeferralPolicy.FirstDecisive(new CapabilityPolicy(_none), KeepAll));

        var (_, episode) = await new Cascade([tier], Expert("A dog.")).RunAsync(new([User(Data("image/png"))]));

        Assert.Equal(["small: no-images", "expert: expert"], episode.Reasons());
        Assert.Equal(0, generator.CallCount);
        Assert.False(new CapabilityPolicy(_all).CanKeep);
    }

    [Theory]
    [InlineData("image/png", CapabilityReasons.NoImages)]
    [InlineData("audio/wav", CapabilityReasons.NoAudio)]
    [InlineData("video/mp4", CapabilityReasons.NoVideo)]
    [InlineData("application/pdf", CapabilityReasons.NoFiles)]
    [InlineData("text/plain", CapabilityReasons.NoFiles)]
    public async Task Each_kind_of_content_needs_its_own_capability(string mediaType, string reason)
    {
        var data = User(Data(mediaType));
        var link = User(new UriContent("https://example.com/it", mediaType));

        Assert.Equal(reason, await ReasonAsync(_none, data));
        Assert.Equal(reason, await ReasonAsync(_none, link));
        Assert.Equal(reason, await ReasonAsync(With(_all, reason, false), data));
        Assert.Equal("kept", await ReasonAsync(With(_none, reason, true), data));
        Assert.Equal("kept", await ReasonAsync(With(_none, reason, true), link));
    }

    [Fact]
    public async Task A_hosted_file_is_a_file()
    {
        Assert.Equal(CapabilityReasons.NoFiles, await ReasonAsync(_all with { Files = false }, User(new HostedFileContent("id"))));
        Assert.Equal("kept", await ReasonAsync(_none with { Files = true }, User(new HostedFileContent("id"))));
    }

    [Fact]
    public async Task Tools_need_their_capability_in_the_options_and_in_the_history()
    {
        var tools = new ChatOptions { Tools = [_clock] };
        var call = new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "clock")]);
        var result = new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", "noon")]);

        Assert.Equal(CapabilityReasons.NoTools, await ReasonAsync(_all with { Tools = false }, User("Hi"), tools));
        Assert.Equal(CapabilityReasons.NoTools, await ReasonAsync(_all with { Tools = false }, call));
        Assert.Equal(CapabilityReasons.NoTools, await ReasonAsync(_all with { Tools = false }, result));
        Assert.Equal("kept", await ReasonAsync(_none with { Tools = true }, User("Hi"), tools));
        Assert.Equal("kept", await ReasonAsync(_none with { Tools = true }, call));
        Assert.Equal("kept", await ReasonAsync(_none with { Tools = true }, result));
    }

    [Fact]
    public async Task Only_json_with_a_schema_needs_the_capability_for_one()
    {
        var schema = new ChatOptions { ResponseFormat = _schema };
        var json = new ChatOptions { ResponseFormat = ChatResponseFormat.Json };

        Assert.Equal(CapabilityReasons.NoJsonSchema, await ReasonAsync(_all with { JsonSchema = false }, User("Hi"), schema));
        Assert.Equal("kept", await ReasonAsync(_none with { JsonSchema = true }, User("Hi"), schema));
        Assert.Equal("kept", await ReasonAsync(_none, User("Hi"), json));
    }

    [Fact]
    public async Task Content_anywhere_in_the_conversation_counts()
    {
        ChatMessage[] messages = [User(new TextContent("Look:"), Data("image/png")), new(ChatRole.Assistant, "A cat."), User("Sure?")];

        Assert.Equal(CapabilityReasons.NoImages, await ReasonAsync(_none, messages));
    }

    [Theory]
    [InlineData(30, 10)]
    [InlineData(31, 11)]
    [InlineData(33, 11)]
    [InlineData(0, 1)]
    public async Task A_prompt_of_exactly_the_context_length_is_accepted_and_one_token_more_is_not(int characters, int limit)
    {
        var half = characters / 2;
        ChatMessage[] messages = [User(new string('a', half)), User(new string('b', characters - half))];

        Assert.Equal("kept", await ReasonAsync(_all with { ContextLength = limit }, messages));
        if (limit > 1)
        {
            Assert.Equal(CapabilityReasons.ContextLength, await ReasonAsync(_all with { ContextLength = limit - 1 }, messages));
        }
    }

    [Fact]
    public async Task The_longest_answer_that_is_allowed_counts_too()
    {
        var options = new ChatOptions { MaxOutputTokens = 5 };
        var message = User(new string('a', 30));

        Assert.Equal("kept", await ReasonAsync(_all with { ContextLength = 15 }, message, options));
        Assert.Equal(CapabilityReasons.ContextLength, await ReasonAsync(_all with { ContextLength = 14 }, message, options));
    }

    [Fact]
    public async Task Lengths_that_no_integer_holds_do_not_wrap_around()
    {
        var options = new ChatOptions { MaxOutputTokens = int.MaxValue };
        var capabilities = new ChatCapabilities { ContextLength = int.MaxValue, CountTokens = _ => int.MaxValue };

        Assert.Equal(CapabilityReasons.ContextLength, await ReasonAsync(capabilities, User("Hi"), options));
        Assert.Equal(CapabilityReasons.ContextLength, await ReasonAsync(capabilities, [User("Hi"), User("Ho")]));
    }

    [Fact]
    public async Task Every_text_of_the_prompt_is_counted()
    {
        List<string> counted = [];
        var capabilities = new ChatCapabilities
        {
            ContextLength = 100,
            CountTokens = text =>
            {
                counted.Add(text);
                return 1;
            },
        };
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Be brief."),
            User(new TextContent("What time"), new TextContent("is it?"), Data("image/png")),
            new(ChatRole.Assistant,
            [
                new TextReasoningContent("I shall ask."),
                new FunctionCallContent("1", "clock", new Dictionary<string, object?> { ["zone"] = "CET", ["exact"] = true, ["none"] = null }),
            ]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "noon")]),
        ];
        var options = new ChatOptions { Instructions = "Be kind.", Tools = [_clock, new HostedWebSearchTool()], ResponseFormat = _schema };

        await ReasonAsync(capabilities, messages, options);

        Assert.Equal(
            [
                "Be brief.", "What time", "is it?", "I shall ask.", "clock", "zone", "CET", "exact", "True", "none", "", "noon",
                "Be kind.",
                "clock", "Tells the time.", ((AIFunction)_clock).JsonSchema.GetRawText(), "web_search", "",
                ((ChatResponseFormatJson)_schema).Schema!.Value.GetRawText(),
            ],
            counted);
        Assert.Equal("kept", await ReasonAsync(capabilities with { ContextLength = 19 }, messages, options));
        Assert.Equal(
            CapabilityReasons.ContextLength, await ReasonAsync(capabilities with { ContextLength = 18 }, messages, options));
    }

    [Fact]
    public async Task Without_a_counter_tools_and_schema_count_by_their_characters()
    {
        var options = new ChatOptions { Tools = [_clock], ResponseFormat = _schema };
        var characters = "clock".Length
            + "Tells the time.".Length
            + ((AIFunction)_clock).JsonSchema.GetRawText().Length
            + ((ChatResponseFormatJson)_schema).Schema!.Value.GetRawText().Length
            + "Hi".Length;
        var tokens = (characters + 2) / 3;

        Assert.Equal("kept", await ReasonAsync(_all with { ContextLength = tokens }, User("Hi"), options));
        Assert.Equal(
            CapabilityReasons.ContextLength, await ReasonAsync(_all with { ContextLength = tokens - 1 }, User("Hi"), options));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_context_holds_at_least_one_token(int contextLength)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChatCapabilities { ContextLength = contextLength });
        Assert.Equal(1, new ChatCapabilities { ContextLength = 1 }.ContextLength);
    }

    [Fact]
    public void Capabilities_are_needed()
    {
        Assert.Throws<ArgumentNullException>("capabilities", () => new CapabilityPolicy(null!));
        Assert.Same(_none, new CapabilityPolicy(_none).Capabilities);
    }

    private static ChatCapabilities With(ChatCapabilities capabilities, string reason, bool isThere) => reason switch
    {
        CapabilityReasons.NoImages => capabilities with { Images = isThere },
        CapabilityReasons.NoAudio => capabilities with { Audio = isThere },
        CapabilityReasons.NoVideo => capabilities with { Video = isThere },
        _ => capabilities with { Files = isThere },
    };

    private static Task<string> ReasonAsync(ChatCapabilities capabilities, ChatMessage message, ChatOptions? options = null) =>
        ReasonAsync(capabilities, [message], options);

    private static async Task<string> ReasonAsync(
        ChatCapabilities capabilities, ChatMessage[] messages, ChatOptions? options = null)
    {
        var policy = DeferralPolicy.FirstDecisive(new CapabilityPolicy(capabilities), KeepAll);
        return (await policy.JudgeAsync(new(messages, options), "yes")).Reason;
    }

    private static DataContent Data(string mediaType) => new(new byte[] { 1 }, mediaType);

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    private static ChatMessage User(params AIContent[] contents) => new(ChatRole.User, contents);
}
