using LlmCascade;
using LlmCascade.Chat;
using LlmCascade.Learning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Documentation;

/// <summary>The code of docs/online-learning.md.</summary>
internal static class OnlineLearning
{
    public static void Register(IServiceCollection services, IChatClient expert)
    {
        // snippet: online-cascade
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade => cascade
            .Classify(new LabelPrompt(
                new LabelSpace("billing", "outage", "question"),
                task: "What is the customer's message about?",
                synonyms: [new("invoice", "billing"), new("downtime", "outage")]))
            .AddStudent("student")
            .LimitExpertShare(0.2)
            .SaveLearningTo("state/tickets.learned"));
        // end-snippet
    }

    public static async Task ClassifyAsync(CascadeClassifier classifier, IAsyncEnumerable<string> tickets, CancellationToken cancellationToken)
    {
        // snippet: online-classify
        var result = await classifier.ClassifyAsync("I was charged twice this month.", cancellationToken: cancellationToken);
        Console.WriteLine($"{result.Label ?? "unparsed: " + result.Reply} (by {result.AnsweredBy})");

        await foreach (var each in classifier.ClassifyStreamAsync(tickets, concurrency: 4, cancellationToken: cancellationToken))
        {
            Console.WriteLine($"{each.Label} {each.Confidence}");
        }
        // end-snippet
    }

    public static async Task CorrectAsync(CascadeClassifier classifier, ICascadeFeedback feedback, CancellationToken cancellationToken)
    {
        // snippet: online-feedback
        var result = await classifier.ClassifyAsync("The invoice page does not load.", cancellationToken: cancellationToken);
        var episodeId = result.Episode!.Id;

        // Later, once somebody has moved the ticket to the right queue:
        var outcome = await feedback.ReportLabelAsync(episodeId, "outage", cancellationToken);
        Console.WriteLine(outcome == FeedbackOutcome.Accepted ? "learned" : $"not learned: {outcome}");
        // end-snippet
    }
}
