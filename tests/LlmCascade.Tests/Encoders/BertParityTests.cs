using System.Text.Json;
using LlmCascade.Bert;
using LlmCascade.Encoders;
using Xunit;
using static TorchSharp.torch;

namespace LlmCascade.Tests.Encoders;

/// <summary>The encoder against PyTorch and transformers.</summary>
public sealed class BertParityTests
{
    private const int Longest = 256;

    [Fact]
    public void Hidden_states_and_the_pooler_are_those_of_transformers()
    {
        var golden = Golden.Read("hidden_states");
        var (config, vocabulary, weights) = Load(usePooler: true, frozen: 0);
        using var _ = weights;
        using var encoder = new BertEncoder(config, weights);
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var texts = golden.GetProperty("texts").EnumerateArray().Select(text => vocabulary.Encode(text.GetString()!, Longest)).ToArray();
        var rows = TokenRows.Create(texts, vocabulary.Padding, CPU);

        var states = encoder.Embed(rows.Tokens);
        for (var layer = 0; layer <= config.Layers; layer++)
        {
            states = layer == 0 ? states : encoder.Pass(states, rows.Mask, (layer - 1)..layer);
            AreClose(golden.GetProperty("hidden_states")[layer], states);
        }

        AreClose(golden.GetProperty("pooler"), encoder.Pool(states, rows.Mask));
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("cls")]
    public void Three_steps_of_fine_tuning_are_those_of_PyTorch(string variant)
    {
        var golden = Golden.Read("fine_tuning");
        var expected = golden.GetProperty("variants").GetProperty(variant);
        var (config, vocabulary, weights) = Load(variant == "cls", frozen: 0);
        using var _ = weights;
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Find(weights, "classifier.weight").copy_((0.02 * sin(1 + arange(2 * config.Hidden, dtype: ScalarType.Float64))).reshape(2, config.Hidden).to(ScalarType.Float32));
        }

        var gradients = zeros(weights.Trained.shape[0]);
        using var encoder = new BertEncoder(config, weights, gradients);
        using var optimizer = new FlatAdamW(weights.Trained.shape[0]);
        var rows = TokenRows.Create(golden.GetProperty("texts").EnumerateArray().Select(text => vocabulary.Encode(text.GetString()!, Longest)).ToArray(), vocabulary.Padding, CPU);
        var labels = tensor(golden.GetProperty("labels").EnumerateArray().Select(label => label.GetInt64()).ToArray());

        for (var step = 0; step < 3; step++)
        {
            var loss = nn.functional.cross_entropy(Score(encoder, rows), labels);
            Assert.Equal(expected.GetProperty("loss")[step].GetDouble(), loss.item<float>(), 1e-3);
            gradients.zero_();
            loss.backward();
            Assert.Equal(
                expected.GetProperty("gradient_norm")[step].GetDouble(), optimizer.Step(weights.Trained, gradients, [(weights.Trained.shape[0], 2e-5)], 1), 1e-3);
        }

        AreClose(expected.GetProperty("logits_after_3_steps"), Score(encoder, rows));
        foreach (var weight in expected.GetProperty("weights_after_3_steps").EnumerateObject())
        {
            var numbers = Find(weights, weight.Name.Replace("head.", "classifier.", StringComparison.Ordinal)).to(ScalarType.Float64);
            IsWithin(weight.Value.GetProperty("sum").GetDouble(), numbers.sum().item<double>());
            IsWithin(weight.Value.GetProperty("l2").GetDouble(), numbers.norm().item<double>());
        }

        void IsWithin(double value, double actual) => Assert.InRange(actual, value - (1e-4 * Math.Abs(value)), value + (1e-4 * Math.Abs(value)));
    }

    private static Tensor Score(BertEncoder encoder, TokenRows rows) =>
        encoder.Score(encoder.Pass(encoder.Embed(rows.Tokens), rows.Mask, ..), rows.Mask);

    private static Tensor Find(BertWeights weights, string name) => weights.Find(weights.Layout.All.First(place => place.Name == name));

    private static (BertConfig Config, BertVocabulary Vocabulary, BertWeights Weights) Load(bool usePooler, int frozen)
    {
        TorchBackend.Open("cpu");
        var folder = new ModelFolder(Golden.Model);
        var config = BertConfig.Read(folder);
        return (config, BertVocabulary.Load(folder, config.Vocabulary, padding: 0), BertWeights.Load(folder, config, new WeightLayout(config, 2, usePooler), frozen, () => 0.5));
    }

    // The golden values are the first numbers of each row, and leave out what is only filled up.
    private static void AreClose(JsonElement expected, Tensor actual)
    {
        if (expected.ValueKind == JsonValueKind.Number)
        {
            Assert.Equal(expected.GetDouble(), actual.item<float>(), 1e-4);
            return;
        }

        for (var i = 0; i < expected.GetArrayLength(); i++)
        {
            AreClose(expected[i], actual[i]);
        }
    }
}
