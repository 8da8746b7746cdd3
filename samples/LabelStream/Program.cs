using LabelStream;
using LlmCascade;
using LlmCascade.Evaluation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

if (!Arguments.TryParse(args, out var arguments))
{
    return 2;
}

RecordedStream stream;
try
{
    stream = arguments.LoadStream();
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

var calls = arguments.Budget.For(stream.Items.Length);
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

return 0;
