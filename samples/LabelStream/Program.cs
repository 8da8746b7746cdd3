using LabelStream;
using LlmCascade;
using LlmCascade.Evaluation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

return await new Arguments().ToCommand(LabelAsync).Parse(args).InvokeAsync();

static async Task LabelAsync(RecordedStream stream, int calls)
{
    var expert = RecordedExpert.For(stream);
    var services = new ServiceCollection();

    // snippet: label-stream
    services.AddChatClient(expert);
    services.AddLlmCascade(cascade => cascade
        .Classify(stream.Labels.Labels)
        .AddStudent("student")
        .LimitExpertCalls(calls, requests: stream.Items.Length));

    await using var provider = services.BuildServiceProvider();
    var classifier = provider.GetRequiredService<CascadeClassifier>();
    var texts = stream.Items.Select(item => item.Text).ToAsyncEnumerable();

    using var display = new Display(stream, calls, expert);
    await foreach (var result in classifier.ClassifyStreamAsync(texts))
    {
        display.Show(result);
    }
    // end-snippet
}
