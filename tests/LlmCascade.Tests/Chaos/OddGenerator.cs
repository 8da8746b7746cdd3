using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>A generator that breaks its contract.</summary>
internal sealed class OddGenerator(IGenerator inner, Oddity oddity, ChaosRun run) : IGenerator
{
    public ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
        oddity == Oddity.ThrowsAtOnce
            ? throw new ChaosException("generator")
            : AnswerAsync(request, context, cancellationToken);

    private async ValueTask<Generation> AnswerAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
    {
        if (oddity == Oddity.SpeaksLate)
        {
            run.Haunt(() => SpeakAsync(context));
        }

        var answer = await inner.GenerateAsync(request, context, cancellationToken);
        return oddity switch
        {
            Oddity.ReturnsNull => null!,
            Oddity.ReturnsNoResponse => new Generation((ChatResponse)null!),
            Oddity.ReturnsNullUpdate => answer with { Updates = [.. answer.Updates ?? answer.Response.ToChatResponseUpdates(), null!] },
            _ => answer,
        };
    }

    private static async Task SpeakAsync(AttemptContext context)
    {
        context.Paid(new UsageDetails { InputTokenCount = 1_000_000 }, cost: 1_000_000);
        using var child = context.Begin("ghost", AttemptRole.Step);
        child.Answered(new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "ghost"))));
        await child.EmitAsync(Garbage.Text("ghost"), CancellationToken.None);
        await context.EmitAsync(Garbage.Text("ghost"), CancellationToken.None);
    }
}
