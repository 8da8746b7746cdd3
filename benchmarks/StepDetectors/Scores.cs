namespace StepDetectors;

/// <summary>How well a detector finds wrong steps. Intervals come from drawing questions again and again, with all their steps.</summary>
internal sealed class Scores
{
    private const int Resamples = 1000;
    private const double Level = 0.95;

    private readonly Scored[] _all;
    private readonly int[] _questions;
    private readonly int _count;

    public Scores(IEnumerable<Scored> all)
    {
        _all = [.. all];
        Dictionary<string, int> numbers = [];
        _questions = [.. _all.Select(each => numbers.TryGetValue(each.Question, out var number) ? number : numbers[each.Question] = numbers.Count)];
        _count = numbers.Count;
    }

    public int Count => _all.Length;

    /// <summary>Gets the share of steps that are wrong.</summary>
    public Figure Base => Ratio(each => each.IsWrong, _ => true);

    /// <summary>Gets the share of steps about which the detector can tell.</summary>
    public Figure Coverage => Ratio(each => each.Score is not null, _ => true);

    /// <summary>Gets the share of steps that are as suspect at least as a cut-off.</summary>
    public Figure Flagged(double cut) => Ratio(each => each.Score >= cut, _ => true);

    /// <summary>Gets the share of those that are wrong.</summary>
    public Figure Precision(double cut) => Ratio(each => each.Score >= cut && each.IsWrong, each => each.Score >= cut);

    /// <summary>Gets the share of wrong steps, those too about which the detector cannot tell, that are as suspect at least as a cut-off.</summary>
    public Figure Recall(double cut) => Ratio(each => each.Score >= cut && each.IsWrong, each => each.IsWrong);

    /// <summary>Gets the probability that a wrong step is more suspect than a right one, where the detector can tell; an equal score counts half.</summary>
    public Figure AreaUnderCurve
    {
        get
        {
            int[][] ties = [.. Enumerable.Range(0, _all.Length)
                .Where(i => _all[i].Score is not null)
                .GroupBy(i => _all[i].Score!.Value)
                .OrderBy(tie => tie.Key)
                .Select(tie => tie.ToArray())];
            return Interval(times =>
            {
                double pairs = 0, right = 0, wrong = 0;
                foreach (var tie in ties)
                {
                    double rightHere = 0, wrongHere = 0;
                    foreach (var i in tie)
                    {
                        var weight = times[_questions[i]];
                        (rightHere, wrongHere) = _all[i].IsWrong ? (rightHere, wrongHere + weight) : (rightHere + weight, wrongHere);
                    }

                    pairs += wrongHere * (right + (rightHere / 2));
                    (right, wrong) = (right + rightHere, wrong + wrongHere);
                }

                return pairs / right / wrong;
            });
        }
    }

    /// <summary>Finds the cut-off that so large a share of steps reaches, or a little more where several are equally suspect.</summary>
    public double CutFor(double share)
    {
        double[] scores = [.. _all.Select(each => each.Score).OfType<double>().OrderDescending()];
        return scores.Length == 0 ? double.NaN : scores[Math.Clamp((int)Math.Ceiling(share * _all.Length) - 1, 0, scores.Length - 1)];
    }

    private Figure Ratio(Func<Scored, bool> some, Func<Scored, bool> all)
    {
        var (above, below) = (new int[_count], new int[_count]);
        for (var i = 0; i < _all.Length; i++)
        {
            above[_questions[i]] += some(_all[i]) ? 1 : 0;
            below[_questions[i]] += all(_all[i]) ? 1 : 0;
        }

        return Interval(times =>
        {
            double upper = 0, lower = 0;
            for (var i = 0; i < times.Length; i++)
            {
                (upper, lower) = (upper + (times[i] * above[i]), lower + (times[i] * below[i]));
            }

            return upper / lower;
        });
    }

    private Figure Interval(Func<int[], double> figure)
    {
        var times = new int[_count];
        Array.Fill(times, 1);
        var value = figure(times);
        var random = new Random(1);
        List<double> drawn = [];
        for (var draw = 0; draw < Resamples; draw++)
        {
            Array.Clear(times);
            for (var i = 0; i < _count; i++)
            {
                times[random.Next(_count)]++;
            }

            if (figure(times) is var each && double.IsFinite(each))
            {
                drawn.Add(each);
            }
        }

        drawn.Sort();
        return drawn.Count == 0 || !double.IsFinite(value)
            ? new(double.NaN, double.NaN, double.NaN)
            : new(value, At((1 - Level) / 2), At((1 + Level) / 2));

        double At(double place) => drawn[Math.Min((int)(place * drawn.Count), drawn.Count - 1)];
    }
}
