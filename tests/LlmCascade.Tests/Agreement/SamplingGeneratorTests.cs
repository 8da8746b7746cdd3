using LlmCascade.Agreement;
using LlmCascade.Chat;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class SamplingGeneratorTests : AgreementTest
{
    private int _calls;

    [Fact]
    public async Task One_model_is_asked_several_times_and_the_answer_with_most_votes_is_given()
    {
        string[] answers = ["45 days", "30 days", "45 days"];
        var client = new ScriptedChatClient(_ => new ScriptedReply(answers[Interlocked.Increment(ref _calls) - 1]).WithUsage(10, 5));

        var run = await new SamplingGenerator(new ChatClientGenerator(client), 3, Exact()).RunAloneAsync(Question, cancellationToken: Token);

        Assert.Equal("45 days", run.Generation.Response.Text);
        Assert.Equal(Confidence.Measured(0.5, 3), run.Generation.Confidence);
        Assert.Equal(30, run.Attempt.Total().Usage.InputTokenCount);
    }

    [Fact]
    public async Task Samples_have_a_temperature_and_each_a_seed_of_its_own_that_repeats()
    {
        var first = await SeedsOfAsync(null);

        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal(first.Order(), (await SeedsOfAsync(null)).Order());
        Assert.All(first, each => Assert.Equal(0.7f, each.Temperature));
        Assert.All(await SeedsOfAsync(new ChatOptions { Temperature = 0 }), each => Assert.Equal(0.7f, each.Temperature));
        Assert.All(await SeedsOfAsync(new ChatOptions { Temperature = 1.2f }), each => Assert.Equal(1.2f, each.Temperature));
    }

    [Fact]
    public void One_sample_agrees_with_nobody()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingGenerator(new ScriptedGenerator("x"), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingGenerator(new ScriptedGenerator("x"), 2) { Temperature = 0 });
    }

    private static async Task<List<(long? Seed, float? Temperature)>> SeedsOfAsync(ChatOptions? options)
    {
        var client = new ScriptedChatClient("45 days");
        var sampling = new SamplingGenerator(new ChatClientGenerator(client), 3, Exact());
        await sampling.RunAloneAsync(Question with { Options = options }, options: new() { Key = "one" }, cancellationToken: Token);
        return [.. client.Calls.Select(call => (call.Options!.Seed, call.Options.Temperature))];
    }
}
