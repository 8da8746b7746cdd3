using System.Globalization;
using LlmCascade.Steps.Introspection;

namespace LlmCascade.Steps.Logs;

/// <summary>Writes a record as training examples.</summary>
internal sealed class TrainingWriter(TrajectoryRecord record, TrainingOptions options)
{
    private const string Assistant = "assistant";

    private readonly Trajectory _trajectory = record.Trajectory;

    public IEnumerable<TrainingExample> Practice() => record.IsRight == true && !_trajectory.Steps.IsEmpty
        ? [new TrainingExample(record.Id, TrainingStage.SelfPractising, [.. Task(), .. Steps(withWrong: false, (_, _) => true)])]
        : [];

    public IEnumerable<TrainingExample> Revision(TrainingStage stage)
    {
        var first = record.IsRight == true ? _trajectory.Steps.IndexOfFirst(step => Wrong(step).Any()) : -1;
        return first < 0 ? [] : [new TrainingExample(record.Id, stage, [.. Task(), .. Steps(withWrong: true, stage == TrainingStage.ReflectiveLearning
            ? (_, kind) => kind != TrainingKinds.WrongStep
            : (place, _) => place >= first)])];
    }

    public IEnumerable<TrainingExample> Checks()
    {
        var number = 0;
        for (var place = 0; place < _trajectory.Steps.Length; place++)
        {
            var step = _trajectory.Steps[place];
            var before = _trajectory with { Steps = _trajectory.Steps[..place], End = TrajectoryEnd.Open, HandedOverAt = null };
            foreach (var wrong in Wrong(step))
            {
                yield return Check(before, wrong.Text, options.CheckPrompt.Wrong, ++number);
            }

            if (record.IsRight == true)
            {
                yield return Check(before, step.Text, options.CheckPrompt.Right, ++number);
            }
        }
    }

    private TrainingExample Check(Trajectory before, string step, string answer, int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"{record.Id}/check-{number}"),
        TrainingStage.ReflectiveLearning,
        [
            .. options.CheckPrompt.Render(before, step).Select(message => new TrainingSegment(message.Role.Value, message.Text, false, TrainingKinds.CheckQuestion)),
            new TrainingSegment(Assistant, answer, true, TrainingKinds.CheckAnswer),
        ]);

    private IEnumerable<TrainingSegment> Task() =>
        new StepPrompt(options.Boundary, options.Instructions)
            .ForTask(_trajectory.Task)
            .Select(message => new TrainingSegment(message.Role.Value, WrittenContent.Of(message), false, TrainingKinds.Task));

    private IEnumerable<TrainingSegment> Steps(bool withWrong, Func<int, string, bool> hasLoss)
    {
        for (var place = 0; place < _trajectory.Steps.Length; place++)
        {
            var step = _trajectory.Steps[place];
            var wrong = withWrong ? Wrong(step).ToList() : [];
            foreach (var each in wrong)
            {
                yield return Segment(each.Text + options.Boundary.Separator, TrainingKinds.WrongStep, place);
            }

            var end = place < _trajectory.Steps.Length - 1 ? options.Boundary.Separator : "";

            // A step and what was observed after it are cut where the one ends and the other begins.
            var whole = StepPrompt.TextOf(step);
            yield return Segment(step.Observation is null ? whole + end : whole[..(step.Text.Length + 1)], wrong.Count > 0 ? TrainingKinds.Correction : TrainingKinds.Step, place);
            if (step.Observation is not null)
            {
                yield return new TrainingSegment(Assistant, whole[(step.Text.Length + 1)..] + end, false, TrainingKinds.Observation);
            }
        }

        TrainingSegment Segment(string text, string kind, int place) => new(Assistant, text, hasLoss(place, kind), kind);
    }

    private IEnumerable<ReasoningStep> Wrong(ReasoningStep step) => step.Rejected.Where(options.IsKnownWrong ?? StepRule.FoundWrong);
}
