using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Encoders;

public sealed class OnnxEmbeddingTests
{
    // "[SEP]" within a text is a bracket, a word and a bracket here, and a separator for the reference library.
    private const string LiteralSpecialTokens = "[CLS] literal special tokens [SEP] [MASK] [PAD] [UNK]";

    [Theory]
    [InlineData("model.onnx", 0.9999)]
    [InlineData("model_int8.onnx", 0.96)]
    public async Task Embeddings_are_those_of_the_reference_library_one_by_one_and_in_batches(string file, double least)
    {
        var golden = Golden.Embeddings().Where(each => each.Text != LiteralSpecialTokens).ToList();
        using var generator = new OnnxEmbeddingGenerator(Golden.Model, new OnnxEmbeddingOptions { ModelFile = file });

        var together = await generator.GenerateAsync(golden.Select(each => each.Text), cancellationToken: TestContext.Current.CancellationToken);

        for (var i = 0; i < golden.Count; i++)
        {
            var alone = await generator.GenerateVectorAsync(golden[i].Text, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(Cosine(alone.Span, golden[i].Embedding) >= least, $"'{golden[i].Text}' alone: {Cosine(alone.Span, golden[i].Embedding)}");
            Assert.True(Cosine(together[i].Vector.Span, golden[i].Embedding) >= least, $"'{golden[i].Text}': {Cosine(together[i].Vector.Span, golden[i].Embedding)}");
        }

        Assert.Equal(golden.Sum(each => each.Tokens.Length), together.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task Small_batches_and_one_large_batch_give_the_same()
    {
        string[] texts = ["short", string.Join(' ', Enumerable.Repeat("long", 100)), "", "of middle length, more or less", "short"];
        using var small = new OnnxEmbeddingGenerator(Golden.Model, new OnnxEmbeddingOptions { TokensPerBatch = 2 });
        using var large = new OnnxEmbeddingGenerator(Golden.Model);

        var one = await small.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken);
        var other = await large.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(one.Zip(other), pair => Assert.InRange(Cosine(pair.First.Vector.Span, pair.Second.Vector.Span), 0.99999, 1.00001));
    }

    [Fact]
    public async Task Many_threads_get_their_own_texts()
    {
        using var generator = new OnnxEmbeddingGenerator(Golden.Model);
        var golden = Golden.Embeddings().Take(12).ToList();

        await Parallel.ForEachAsync(golden, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = TestContext.Current.CancellationToken }, async (each, cancellationToken) =>
        {
            var vector = await generator.GenerateVectorAsync(each.Text, cancellationToken: cancellationToken);
            Assert.True(Cosine(vector.Span, each.Embedding) >= 0.9999, each.Text);
        });
    }

    [Fact]
    public async Task The_length_of_a_text_the_pooling_and_the_scale_are_the_hosts_choice()
    {
        using var whole = new OnnxEmbeddingGenerator(Golden.Model);
        using var other = new OnnxEmbeddingGenerator(Golden.Model, new OnnxEmbeddingOptions { MaxTokens = 8, Pooling = EmbeddingPooling.FirstToken, Normalize = false });
        var text = string.Join(' ', Enumerable.Repeat("word", 100_000));

        var some = await other.GenerateAsync([text], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((256, 8), (whole.MaxTokens, other.MaxTokens));
        Assert.Equal(8, some.Usage!.InputTokenCount);
        Assert.NotInRange(Math.Sqrt(Cosine(some[0].Vector.Span, some[0].Vector.Span)), 0.9, 1.1);
    }

    [Fact]
    public async Task It_says_what_it_is_and_is_registered_with_and_without_a_key()
    {
        var services = new ServiceCollection();
        services.AddOnnxEmbeddingGenerator(Golden.Model);
        services.AddOnnxEmbeddingGenerator(Golden.Model, options => options.MaxTokens = 16, "short");
        await using var provider = services.BuildServiceProvider();

        var generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var keyed = provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("short");

        var metadata = Assert.IsType<EmbeddingGeneratorMetadata>(generator.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal(("onnx", "all-MiniLM-L6-v2", 384), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Equal(16, keyed.GetService<OnnxEmbeddingGenerator>()!.MaxTokens);
        Assert.Empty(await generator.GenerateAsync([], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Cancellation_and_disposal_end_it_and_wrong_requests_are_refused()
    {
        var generator = new OnnxEmbeddingGenerator(Golden.Model);
        using var cancelled = new CancellationTokenSource();
        var many = generator.GenerateAsync(Enumerable.Repeat(string.Join(' ', Enumerable.Repeat("word", 200)), 2_000), cancellationToken: cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a", null!], cancellationToken: TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 128 }, TestContext.Current.CancellationToken));
        generator.Dispose();
        generator.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync(["a"], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_folder_that_holds_no_model_is_refused_with_the_reason()
    {
        using var folder = new TinyBert();

        Assert.Contains("no model folder", Assert.Throws<DirectoryNotFoundException>(() => new OnnxEmbeddingGenerator(folder.PathOf("nowhere"))).Message, StringComparison.Ordinal);
        Assert.Contains("model.onnx", Assert.Throws<FileNotFoundException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.PathOf("model.onnx"), "no model");
        Assert.Contains("cannot be loaded", Assert.Throws<InvalidDataException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxEmbeddingGenerator(folder.Path, new OnnxEmbeddingOptions { MaxTokens = 100 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxEmbeddingGenerator(folder.Path, new OnnxEmbeddingOptions { TokensPerBatch = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxEmbeddingGenerator(folder.Path, new OnnxEmbeddingOptions { Threads = 0 }));
        File.WriteAllText(folder.PathOf("sentence_bert_config.json"), """{"max_seq_length":1}""");
        Assert.Contains("max_seq_length of 1", Assert.Throws<InvalidDataException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        File.Delete(folder.PathOf("sentence_bert_config.json"));
        Directory.CreateDirectory(folder.PathOf("1_Pooling"));
        File.WriteAllText(folder.PathOf("1_Pooling/config.json"), """{"pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":true}""");
        Assert.Contains("another pooling", Assert.Throws<InvalidDataException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        Directory.Delete(folder.PathOf("1_Pooling"), recursive: true);
        File.AppendAllLines(folder.PathOf("vocab.txt"), ["one", "too", "many"]);
        Assert.Contains("word pieces, and the model beside it knows", Assert.Throws<InvalidDataException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllLines(folder.PathOf("vocab.txt"), ["just", "words"]);
        Assert.Contains("is no vocabulary of word pieces", Assert.Throws<InvalidDataException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.PathOf("config.json"), "{");
        Assert.Contains("is not JSON", Assert.Throws<InvalidDataException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            sum += one[i] * (double)other[i];
        }

        return sum;
    }
}
