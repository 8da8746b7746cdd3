using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class FailingStudentTests
{
    private static readonly string[] _labels = ["three", "other"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_student_whose_embeddings_fail_keeps_no_other_from_learning_and_answering(bool embedsFirst)
    {
        var embeddings = new FailingEmbeddings();
        await using var host = new OnlineHost(
            text => LabelOf(text),
            cascade =>
            {
                cascade.Classify(_labels).LimitExpertCalls(150, 300);
                foreach (var embeds in new[] { embedsFirst, !embedsFirst })
                {
                    cascade.AddStudent(embeds ? "embed" : "words", student =>
                    {
                        if (embeds)
                        {
                            student.UseEmbeddings(embeddings);
                        }
                    });
                }
            });
        await host.ClassifyAsync(Texts(0, 20));
        embeddings.Fails = true;

        var results = await host.ClassifyAsync(Texts(20, 300));

        Assert.DoesNotContain(results, result => result.Failure is not null);
        Assert.Equal(150, host.Learning.Students.Single(student => student.Name == "words").Lessons);
        Assert.Contains(results, result => result.AnsweredBy == "words");
    }

    [Fact]
    public async Task A_student_finds_its_embeddings_in_the_container()
    {
        var embeddings = new NumberEmbeddings();
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient(call => LabelOf(call.Messages[^1].Text)));
        services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>("numbers", embeddings);
        services.AddLlmCascade(cascade => cascade
            .Classify(_labels)
            .AddStudent("embed", student => student.UseEmbeddings(found => found.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("numbers")))
            .LimitExpertCalls(20, 50));
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IChatClient>();

        await foreach (var result in provider.GetRequiredService<CascadeClassifier>().ClassifyStreamAsync(Texts(0, 50).ToAsyncEnumerable()))
        {
            Assert.NotNull(result.Label);
        }

        Assert.NotEmpty(embeddings.Texts);
    }

    private static string LabelOf(string text) => text.EndsWith('3') ? "three" : "other";

    private static IEnumerable<string> Texts(int from, int to) => Enumerable.Range(from, to - from).Select(i => $"number {i * 7}");

    private sealed class FailingEmbeddings : DelegatingEmbeddingGenerator<string, Embedding<float>>
    {
        public FailingEmbeddings()
            : base(new NumberEmbeddings())
        {
        }

        public bool Fails { get; set; }

        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Fails ? throw new IOException("down") : base.GenerateAsync(values, options, cancellationToken);
    }
}
