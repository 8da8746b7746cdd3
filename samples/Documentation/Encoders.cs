using LlmCascade;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Documentation;

/// <summary>The code of docs/encoders.md.</summary>
internal static class Encoders
{
    public static void AddEmbeddings(IServiceCollection services)
    {
        // snippet: onnx-embeddings
        services.AddOnnxEmbeddingGenerator("models/all-MiniLM-L6-v2", options => options.MaxTokens = 128);
        // end-snippet
    }

    public static void AddStudent(IServiceCollection services)
    {
        // snippet: embedding-student
        services.AddLlmCascade(cascade => cascade
            .Classify("billing", "outage", "question")
            .AddStudent("student", student => student.UseEmbeddings(
                found => found.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()))
            .LimitExpertShare(0.2));
        // end-snippet
    }

    public static void AddBert(IServiceCollection services)
    {
        // snippet: bert-student
        services.AddLlmCascade(cascade => cascade
            .Classify("billing", "outage", "question")
            .AddStudent("words")
            .AddStudent("bert", student => student.UseBert("models/all-MiniLM-L6-v2", bert => bert.MaxTokens = 48))
            .LimitExpertShare(0.2)
            .Learn(learning => learning.Background = true));
        // end-snippet
    }
}
