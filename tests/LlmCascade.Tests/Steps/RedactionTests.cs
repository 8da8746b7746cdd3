using System.Text.Json;
using LlmCascade.Chat;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class RedactionTests : StepTest
{
    private static string Hide(string text) => text.Replace("Ann", "[name]", StringComparison.Ordinal);

    [Theory]
    [InlineData(StepMode.Switching)]
    [InlineData(StepMode.Hint)]
    [InlineData(StepMode.CloudOnly)]
    public async Task Nothing_leaves_for_the_expert_that_was_not_redacted(StepMode mode)
    {
        var cloud = Writer("one", "two about [name]", "three", "Answer: 4");

        await WorkAsync(
            Writer("Ann has one", "Ann wrong|Ann has two", "Answer: 4"), cloud, steps => steps.Mode = mode,
            cascade: builder => builder.Expert(expert => expert.Redact(Hide)), options: new ChatOptions { Instructions = "Ann asks." });

        Assert.NotEmpty(cloud.Calls);
        Assert.All(cloud.Calls, call =>
        {
            Assert.DoesNotContain(call.Messages, message => message.Text.Contains("Ann", StringComparison.Ordinal));
            Assert.Equal("[name] asks.", call.Options!.Instructions);
        });
    }

    [Fact]
    public async Task The_rest_that_the_expert_finishes_is_asked_for_with_redacted_steps()
    {
        var cloud = Writer("one", "Answer: 2");

        await WorkAsync(
            Writer("Ann wrong"), cloud, steps => steps.MaxConsecutiveExpertSteps = 1, cascade: builder => builder.Expert(expert => expert.Redact(Hide)));

        Assert.Equal(2, cloud.Calls.Count);
        Assert.All(cloud.Calls.SelectMany(call => call.Messages), message => Assert.DoesNotContain("Ann", message.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arguments_and_results_of_tools_are_redacted_in_their_shape_and_images_stay_here()
    {
        var model = new ScriptedChatClient("ok");
        ChatMessage[] messages =
        [
            new(ChatRole.User, [new TextContent("About Ann"), new DataContent(new byte[] { 1 }, "image/png")]) { AuthorName = "Ann" },
            new(ChatRole.Assistant, [new FunctionCallContent("1", "find", new Dictionary<string, object?> { ["who"] = "Ann", ["how"] = JsonSerializer.SerializeToElement(new { names = new[] { "Ann", "Bob" }, age = 7 }) })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "Ann is 7")]),
        ];

        await new RedactingGenerator(new ChatClientGenerator(model), Hide).RunAloneAsync(new GenerationRequest(messages), cancellationToken: Token);

        var sent = model.Calls[0].Messages;
        Assert.Equal(("About [name][left out: no text]", "[name]"), (sent[0].Text, sent[0].AuthorName));
        Assert.Equal("""{"who":"[name]","how":{"names":["[name]","Bob"],"age":7}}""", JsonSerializer.Serialize(((FunctionCallContent)sent[1].Contents[0]).Arguments));
        Assert.Equal("[name] is 7", ((FunctionResultContent)sent[2].Contents[0]).Result);
        Assert.Equal("About Ann", messages[0].Text);
    }

    [Fact]
    public async Task Where_the_redactor_fails_nothing_is_sent()
    {
        var cloud = Writer("one");

        await Assert.ThrowsAsync<CascadeException>(() => WorkAsync(
            Writer("Ann wrong"), cloud, cascade: builder => builder.Expert(expert => expert.Redact(_ => throw new InvalidOperationException("no dictionary")))));
        Assert.Empty(cloud.Calls);
    }
}
