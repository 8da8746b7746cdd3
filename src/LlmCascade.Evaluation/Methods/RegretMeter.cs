using System.Collections.Immutable;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>Measures what learning on the way has cost: the objective of the run, less that of its final students with the best fixed threshold in hindsight.</summary>
/// <remarks>
/// An item costs the price of a call where the expert was called, and otherwise the student's negative log-likelihood of
/// the expert's label. Items whose cell could not be parsed say nothing. The final student knows by heart what it has
/// learned: of these items a student speaks that has learned the others.
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

    // Each learns all but a fourth of what the final student has learned.
    private const int Folds = 4;

    private readonly List<RunItem> _run = [];
    private int _items;

    /// <summary>Takes the next item, with what the student said of it before it learned anything about it.</summary>
    public void Add(StreamItem item, LabelDistribution? said, bool wasExpertCalled)
    {
        _items++;
        if (expert.LabelForReport(item) is { } cell && said is not null)
        {
            var label = expert.Labels.IndexOf(cell);
            _run.Add(new RunItem(item, _items, label, wasExpertCalled ? null : CascadeObjective.Loss(said.Probabilities[label])));
        }
    }

    /// <summary>Measures the average regret at points along the stream.</summary>
    /// <param name="final">The student at the end of the run.</param>
    /// <param name="create">Makes a student like it that has learned nothing.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public async ValueTask<ImmutableArray<RegretPoint>> MeasureAsync(
        StudentSeat final, Func<IStudent> create, CancellationToken cancellationToken)
    {
        var learned = _run.Where(each => each.Loss is null).ToList();
        var others = new Dictionary<int, IStudent>();
        for (var fold = 0; fold < Folds; fold++)
        {
            var student = create();
            for (var i = 0; i < learned.Count; i++)
            {
                if (i % Folds == fold)
                {
                    others.Add(learned[i].Item.Index, student);
                }
                else
                {
                    await student.LearnAsync(new Demonstration(learned[i].Item.Text, learned[i].Label), cancellationToken);
                }
            }
        }

        var frozen = new List<(double Confidence, double Loss)>(_run.Count);
        foreach (var (item, _, label, _) in _run)
        {
            var student = others.GetValueOrDefault(item.Index, final.Student);
            if (await student.PredictAsync(item.Text, cancellationToken) is not { } said)
            {
                return [];
            }

            frozen.Add((final.ConfidenceIn(said, item.Text).Value, CascadeObjective.Loss(said.Probabilities[label])));
        }

        var call = price ?? PriceOf(_run.Count(each => each.Loss is null), frozen);
        var points = ImmutableArray.CreateBuilder<RegretPoint>();
        for (var point = 1; point <= Points; point++)
        {
            var place = _items * point / Points;
            var items = _run.Count(each => each.Place <= place);
            if (items > 0)
            {
                var cost = _run.Take(items).Average(each => each.Loss ?? call);
                points.Add(new RegretPoint(place, cost - BestInHindsight(frozen.Take(items), call)));
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

    // The item that came in which place, the expert's label, and the student's loss; none where the expert was called.
    private readonly record struct RunItem(StreamItem Item, int Place, int Label, double? Loss);
}
