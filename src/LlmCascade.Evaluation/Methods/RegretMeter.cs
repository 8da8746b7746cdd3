using System.Collections.Immutable;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>Measures what learning on the way has cost: the objective of the run, less that of its final students with the best fixed threshold in hindsight.</summary>
/// <remarks>
/// An item costs the price of a call where the expert was called, and otherwise the student's negative log-likelihood of
/// the expert's label. Items whose cell could not be parsed say nothing.
/// </remarks>
/// <param name="expert">The expert of the run.</param>
/// <param name="price">
/// The price of a call, μ c; <see langword="null"/> where a budget stands in its place, for the price at which the final
/// students would spend as many calls as the run.
/// </param>
internal sealed class RegretMeter(RecordedExpert expert, double? price)
{
    private const int Points = 10;

    // The loss at the threshold is a mean over so many items around it, as a share of all.
    private const int Neighbourhood = 20;

    private readonly List<(StreamItem Item, int Label, double? Loss)> _run = [];

    /// <summary>Takes the next item, with what the student said of it before it learned anything about it.</summary>
    public void Add(StreamItem item, LabelDistribution? said, bool wasExpertCalled)
    {
        if (expert.LabelForReport(item) is { } cell && said is not null)
        {
            var label = expert.Labels.IndexOf(cell);
            _run.Add((item, label, wasExpertCalled ? null : CascadeObjective.Loss(said.Probabilities[label])));
        }
    }

    /// <summary>Measures the average regret at points along the stream.</summary>
    /// <param name="final">The student at the end of the run.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public async ValueTask<ImmutableArray<RegretPoint>> MeasureAsync(StudentSeat final, CancellationToken cancellationToken)
    {
        var frozen = new List<(double Confidence, double Loss)>(_run.Count);
        foreach (var (item, label, _) in _run)
        {
            if (await final.Student.PredictAsync(item.Text, cancellationToken) is not { } said)
            {
                return [];
            }

            frozen.Add((final.ConfidenceIn(said, item.Text).Value, CascadeObjective.Loss(said.Probabilities[label])));
        }

        var call = price ?? PriceOf(_run.Count(each => each.Loss is null), frozen);
        var points = ImmutableArray.CreateBuilder<RegretPoint>();
        for (var point = 1; point <= Points; point++)
        {
            var items = _run.Count * point / Points;
            if (items > 0)
            {
                var cost = _run.Take(items).Average(each => each.Loss ?? call);
                points.Add(new RegretPoint(items, cost - BestInHindsight(frozen.Take(items), call)));
            }
        }

        return points.ToImmutable();
    }

    // What the students lose where the threshold lies that defers as many: a call that costs more is not worth it there.
    private static double PriceOf(int calls, List<(double Confidence, double Loss)> items)
    {
        var half = Math.Max(1, items.Count / Neighbourhood / 2);
        var first = Math.Clamp(calls - half, 0, Math.Max(0, items.Count - (2 * half)));
        return items.Count == 0 ? 0 : items.OrderBy(item => item.Confidence).Skip(first).Take(2 * half).Average(item => item.Loss);
    }

    // With every threshold there is: the surest answers are kept, as many as pay.
    private static double BestInHindsight(IEnumerable<(double Confidence, double Loss)> items, double costOfCall)
    {
        var surestFirst = items.OrderByDescending(item => item.Confidence).ToList();
        var cost = surestFirst.Count * costOfCall;
        var best = cost;
        foreach (var (_, loss) in surestFirst)
        {
            cost += loss - costOfCall;
            best = Math.Min(best, cost);
        }

        return best / surestFirst.Count;
    }
}
