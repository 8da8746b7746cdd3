using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>A student that learns from the expert, is saved, and goes on in the next host.</summary>
internal static class OnlineLearning
{
    public static async Task CheckAsync(Checks checks)
    {
        var folder = Directory.CreateTempSubdirectory("llmcascade-");
        try
        {
            var path = Path.Combine(folder.FullName, "learned");
            var lessons = 0L;
            await checks.RunAsync("a student learns from the expert and answers", async () => lessons = await RunAsync(path, lessonsBefore: 0));
            await checks.RunAsync("what it learned is loaded by the next host", () => RunAsync(path, lessons));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<long> RunAsync(string path, long lessonsBefore)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddChatClient(new ScriptedChatClient(call => call.Messages[^1].Text.Contains("sun", StringComparison.Ordinal) ? "Good." : "Bad."));
        builder.Services.AddLlmCascade(cascade => cascade
            .Classify("good", "bad")
            .AddStudent("student", student => student.WarmUp = 20)
            .LimitExpertCalls(60, 200)
            .SaveLearningTo(path));
        using var host = builder.Build();
        await host.StartAsync();
        var classifier = host.Services.GetRequiredService<CascadeClassifier>();
        var learning = host.Services.GetRequiredService<CascadeLearning>();
        Equal(lessonsBefore, learning.Students[0].Lessons);
        for (var i = 0; i < 100; i++)
        {
            var result = await classifier.ClassifyAsync(i % 2 == 0 ? $"the sun shines on day {i}" : $"rain falls on day {i}");
            Equal(i % 2 == 0 ? "good" : "bad", result.Label);
        }

        await host.StopAsync();
        return learning.Students[0].Lessons;
    }
}
