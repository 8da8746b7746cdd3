using LlmCascade.Students;
using Xunit;

namespace LlmCascade.Tests.Encoders;

public sealed class BertFolderTests : IDisposable
{
    private static readonly LabelSpace _labels = new("good", "bad");

    private readonly TinyBert _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F32", "")]
    [InlineData("F16", "")]
    [InlineData("BF16", "bert.")]
    public async Task Weights_are_read_in_every_precision_and_below_a_prefix(string type, string prefix)
    {
        _folder.WriteWeights(type, name => prefix + name.Replace("LayerNorm.weight", prefix == "" ? "LayerNorm.weight" : "LayerNorm.gamma", StringComparison.Ordinal));
        using var reduced = Load();
        _folder.WriteWeights();
        using var full = Load();

        Assert.Equal(await AnswerAsync(full), await AnswerAsync(reduced), 0.05);
    }

    [Fact]
    public void A_folder_without_a_model_is_refused_with_the_reason()
    {
        Throws<DirectoryNotFoundException>("no model folder", () => BertStudent.Load(_folder.PathOf("nowhere"), _labels, new BertOptions(), 1));
        Throws<FileNotFoundException>("model.safetensors", () => Load());
        File.Delete(_folder.PathOf("vocab.txt"));
        Throws<FileNotFoundException>("vocab.txt", () => Load());
        File.Delete(_folder.PathOf("config.json"));
        Throws<FileNotFoundException>("config.json", () => Load());
    }

    [Fact]
    public void Damaged_weights_are_refused_with_the_reason()
    {
        _folder.WriteWeights(nameOf: name => name == "encoder.layer.1.output.dense.weight" ? "other" : name);
        Throws<InvalidDataException>("has no tensor 'encoder.layer.1.output.dense.weight'", () => Load());
        _folder.WriteWeights();
        var bytes = File.ReadAllBytes(_folder.PathOf("model.safetensors"));
        File.WriteAllBytes(_folder.PathOf("model.safetensors"), bytes[..^5_000]);
        Throws<InvalidDataException>("is cut off", () => Load());
        File.WriteAllBytes(_folder.PathOf("model.safetensors"), bytes[..100]);
        Throws<InvalidDataException>("only the beginning of one", () => Load());
        File.WriteAllBytes(_folder.PathOf("model.safetensors"), []);
        Throws<InvalidDataException>("no safetensors file", () => Load());
        _folder.WriteSafetensors("not json", []);
        Throws<InvalidDataException>("is damaged", () => Load());
        _folder.WriteSafetensors("[]", []);
        Throws<InvalidDataException>("no object", () => Load());
        _folder.WriteSafetensors("""{"embeddings.word_embeddings.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}""", new byte[16]);
        Throws<InvalidDataException>("has the shape [2, 2], where [64, 16] is needed", () => Load());
        _folder.WriteSafetensors("""{"embeddings.word_embeddings.weight":{"dtype":"F32","shape":[64,16],"data_offsets":[9223372036854771711,9223372036854775807]}}""", new byte[16]);
        Throws<InvalidDataException>("is cut off", () => Load());
        _folder.WriteSafetensors("""{"embeddings.word_embeddings.weight":{"dtype":"I8","shape":[64,16],"data_offsets":[0,1024]}}""", new byte[1024]);
        Throws<InvalidDataException>("has the type I8", () => Load());
        _folder.WriteSafetensors("""{"embeddings.word_embeddings.weight":{"dtype":"F32"}}""", []);
        Throws<InvalidDataException>("nothing sensible", () => Load());
    }

    [Theory]
    [InlineData("""{"model_type":"roberta","hidden_size":16}""", "of type roberta")]
    [InlineData("""{"model_type":"bert"}""", "hidden_size")]
    [InlineData("""{"model_type":"bert","hidden_size":15,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":8,"vocab_size":64}""", "makes no sense")]
    [InlineData("""{"model_type":"bert","hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":8,"vocab_size":8}""", "the model beside it knows 8")]
    [InlineData("""{"model_type":"bert","hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":8,"vocab_size":192}""", "64 word pieces, and the model beside it knows 192")]
    [InlineData("""{"model_type":"bert","hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":8,"vocab_size":64,"pad_token_id":63}""", "[PAD] in place 0, and the model beside it in place 63")]
    [InlineData("""{"model_type":"bert","hidden_size":100000,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":1000000,"vocab_size":64}""", "has the shape [64, 16], where [64, 100000] is needed")]
    [InlineData("""{"model_type":"bert","hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":8,"vocab_size":64,"initializer_range":-1}""", "makes no sense")]
    public void A_configuration_that_does_not_fit_is_refused_with_the_reason(string config, string message)
    {
        _folder.WriteWeights();
        File.WriteAllText(_folder.PathOf("config.json"), config);

        Throws<InvalidDataException>(message, () => Load());
    }

    [Fact]
    public void Options_outside_their_ranges_and_unknown_devices_are_refused_with_the_reason()
    {
        _folder.WriteWeights();

        Throws<ArgumentOutOfRangeException>("from 0 to the model's 2 layers", () => Load(options => options.FrozenLayers = 3));
        Throws<ArgumentOutOfRangeException>("BertOptions.MaxTokens", () => Load(options => options.MaxTokens = 3));
        Throws<ArgumentOutOfRangeException>("BertOptions.Dropout", () => Load(options => options.Dropout = 1));
        Throws<ArgumentOutOfRangeException>("BertOptions.Capacity", () => Load(options => options.Capacity = 1));
        Throws<ArgumentException>("There is no device 'tpu'", () => Load(options => options.Device = "tpu"));
        Assert.SkipWhen(TorchSharp.torch.cuda_is_available(), "There is a card.");
        Throws<InvalidOperationException>("TorchSharp-cuda-linux", () => Load(options => options.Device = "cuda"));
    }

    private static void Throws<T>(string message, Func<BertStudent> load)
        where T : Exception => Assert.Contains(message, Assert.Throws<T>(load).Message, StringComparison.Ordinal);

    private static async Task<double> AnswerAsync(BertStudent student)
    {
        await student.LearnAsync(new Demonstration("a good day", 0), TestContext.Current.CancellationToken);
        await student.LearnAsync(new Demonstration("a bad day", 1), TestContext.Current.CancellationToken);
        return (await student.PredictAsync("the night", TestContext.Current.CancellationToken))!.Probabilities[0];
    }

    private BertStudent Load(Action<BertOptions>? configure = null)
    {
        var options = new BertOptions { MaxTokens = 32 };
        configure?.Invoke(options);
        return BertStudent.Load(_folder.Path, _labels, options, 1);
    }
}
