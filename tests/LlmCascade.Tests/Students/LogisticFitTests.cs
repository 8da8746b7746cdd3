using LlmCascade.Calibration;
using LlmCascade.Students;
using Xunit;
using static LlmCascade.Tests.Students.LabelledTexts;

namespace LlmCascade.Tests.Students;

public sealed class LogisticFitTests
{
    private const int Classes = 3;
    private const double Strength = 6;

    private readonly List<(int[] Features, int Label)> _texts = [];
    private readonly int[] _features;
    private readonly LogisticModel _model;
    private readonly double[,] _variances;

    public LogisticFitTests()
    {
        var random = new SplitMix(5);
        var settings = Settings(Classes) with { Passes = 2000 };
        var trainer = new LogisticTrainer(settings, 1);
        for (var i = 0; i < 14; i++)
        {
            var label = (int)(random.Next() % Classes);
            _texts.Add((Make(label, random), label));
            trainer.Remember(_texts[i].Features, label);
        }

        trainer.Replay();
        _model = trainer.Model;
        _features = [.. _texts.SelectMany(text => text.Features).Distinct()];
        _variances = Variances(settings);
    }

    // The objective again, plainly: a Gaussian prior on every weight, and the log-likelihood of the labels.
    [Fact]
    public void A_fit_is_where_the_objective_is_flat()
    {
        var (weights, bias) = Weights();
        for (var label = 0; label < Classes; label++)
        {
            for (var feature = 0; feature < _features.Length; feature++)
            {
                Assert.InRange(Slope(step => weights[feature, label] += step), -0.01, 0.01);
            }

            Assert.InRange(Slope(step => bias[label] += step), -0.01, 0.01);
        }

        double Slope(Action<double> move)
        {
            const double Step = 1e-4;
            move(Step);
            var above = Objective(weights, bias);
            move(-2 * Step);
            var below = Objective(weights, bias);
            move(Step);
            return (above - below) / (2 * Step);
        }
    }

    [Fact]
    public void The_model_predicts_what_its_weights_say()
    {
        var (weights, bias) = Weights();
        foreach (var (features, _) in _texts)
        {
            var expected = Probabilities(features, weights, bias);
            var actual = Predict(_model, features);
            for (var label = 0; label < Classes; label++)
            {
                Assert.Equal(expected[label], actual[label], tolerance: 1e-5);
            }
        }
    }

    private double Objective(double[,] weights, double[] bias)
    {
        var sum = bias.Sum(each => each * each) / 2;
        for (var feature = 0; feature < _features.Length; feature++)
        {
            for (var label = 0; label < Classes; label++)
            {
                sum += weights[feature, label] * weights[feature, label] / _variances[feature, label] / 2;
            }
        }

        return sum - _texts.Sum(text => Strength * Math.Log(Probabilities(text.Features, weights, bias)[text.Label]));
    }

    private double[] Probabilities(int[] features, double[,] weights, double[] bias)
    {
        int[] places = [.. features.Select(feature => Array.IndexOf(_features, feature))];
        var spread = places.Sum(place => Enumerable.Range(0, Classes).Average(label => _variances[place, label]));
        double[] odds = [.. Enumerable.Range(0, Classes).Select(label =>
            Math.Exp(bias[label] + (places.Sum(place => weights[place, label]) / Math.Sqrt(spread))))];
        return [.. odds.Select(each => each / odds.Sum())];
    }

    // A weight alone: what the feature adds to the sum of a row.
    private (double[,] Weights, double[] Bias) Weights()
    {
        var weights = new double[_features.Length, Classes];
        var stride = Rows.Stride(Classes);
        for (var feature = 0; feature < _features.Length; feature++)
        {
            for (var label = 0; label < Classes; label++)
            {
                weights[feature, label] = _model.AllRows[(feature * stride) + Rows.FirstClass + label];
            }
        }

        return (weights, _model.Bias.ToArray());
    }

    // Squared logarithms of the ratio between the share of a class that has the feature, and that of the rest.
    private double[,] Variances(LogisticSettings settings)
    {
        var variances = new double[_features.Length, Classes];
        for (var feature = 0; feature < _features.Length; feature++)
        {
            for (var label = 0; label < Classes; label++)
            {
                var own = Share(feature, text => text == label);
                var others = Share(feature, text => text != label);
                variances[feature, label] = Math.Pow(Math.Log(own / others), 2);
            }
        }

        return variances;

        double Share(int feature, Func<int, bool> isOne)
        {
            var texts = _texts.Where(text => isOne(text.Label)).ToList();
            var count = texts.Count(text => text.Features.Contains(_features[feature]));
            return (count + settings.Smoothing) / (texts.Count + (2 * settings.Smoothing));
        }
    }
}
