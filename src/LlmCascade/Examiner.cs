using System.Diagnostics.CodeAnalysis;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Steps.Exams;

namespace LlmCascade;

/// <summary>Makes training data for a local model from tasks whose answers are known: the cloud model shows how it is done, or corrects the local model's first wrong step.</summary>
/// <remarks>
/// <para>
/// After the training stages that are reported for AdaSwitch (arXiv 2410.13181). Which steps are wrong is found by a rule, and only the earliest one is corrected, as SCoRe (arXiv 2509.14257)
/// does. <see cref="TrainingExamples"/> makes training data of the records, and <see cref="TrajectoryFile"/> keeps them.
/// </para>
/// <para>
/// An exam on tasks that the local model was trained on is optimistic: it makes fewer mistakes there than it will make elsewhere. Choose thresholds, and judge introspectors, on tasks
/// that were held out.
/// </para>
/// <para>Thread-safe when generators and rule are, so that many tasks can be worked on at once.</para>
/// </remarks>
[Experimental("LLMC006")]
public sealed class Examiner
{
    private readonly IStepRule _rule;
    private readonly ExaminerOptions _options;
    private readonly ExamWriter _local;
    private readonly ExamWriter _corrector;
    private readonly IGenerator _cloud;
    private readonly CascadeSettings _settings;

    /// <summary>Initializes an examiner.</summary>
    /// <param name="local">The local model. A generator of whole texts: it is put into a <see cref="StepWriter"/> where it is none.</param>
    /// <param name="cloud">The cloud model, likewise.</param>
    /// <param name="rule">What finds the first wrong step; see <see cref="StepRule"/>.</param>
    /// <param name="options">Boundaries, limits and prices; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public Examiner(IGenerator local, IGenerator cloud, IStepRule rule, ExaminerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(rule);
        _options = ExaminerOptions.Checked(options);
        var steps = _options.Steps;
        _rule = rule;
        _cloud = cloud;
        _local = new ExamWriter(_options.LocalName, AttemptRole.Tier, StepwiseCascade.InSteps(local, steps, steps.Continuation), _options.LocalPrices);
        _corrector = new ExamWriter(_options.ExpertName, AttemptRole.Expert, StepwiseCascade.InSteps(cloud, steps, steps.ExpertContinuation), _options.ExpertPrices);
        _settings = (_options.Settings ?? new CascadeSettings { Name = "examiner" }) with { Mode = CascadeMode.Normal, ExpertBudget = null };
    }

    /// <summary>Lets the cloud model write the steps of a task whose answer it is told: data for <see cref="TrainingStage.SelfPractising"/>.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>
    /// The record, whose task does not tell the answer. Where the steps came to another one it is not right, tells only what was paid, and gives no training data.
    /// </returns>
    /// <remarks>It is asked once, or once for each step where <see cref="StepwiseOptions.Observe"/> has to say what came of them.</remarks>
    /// <exception cref="CascadeException">The model failed, or wrote nothing.</exception>
    public Task<TrajectoryRecord> PractiseAsync(LabelledTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var (name, prices, time) = (_options.ExpertName, _options.ExpertPrices, _settings.TimeProvider);
        if (_options.Steps.Observe is null)
        {
            return RunAsync(task, new PracticeRun(task, new ExamWriter(name, AttemptRole.Expert, _cloud, prices), _options.Steps, time), cancellationToken);
        }

        var writer = new StepWriter(
            _cloud is StepWriter one ? one.Inner : _cloud, _options.Steps.Boundary, _options.Steps.ExpertContinuation, PracticeRun.InstructionsFor(task, _options.Steps));
        return RunAsync(
            task, new ExamRun(task, new ExamWriter(name, AttemptRole.Expert, writer, prices), corrector: null, rule: null, corrections: 0, _options.Steps, time), cancellationToken);
    }

    /// <summary>Lets the local model work through a task, and the cloud model correct its first wrong step: data for the other two stages.</summary>
    /// <param name="task">The task. The models see its messages alone.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>
    /// The record. Where the rule found a step wrong, the cloud model's step stands in its place, with the wrong one in <see cref="ReasoningStep.Rejected"/>, and the local model went on from
    /// there; what it had written behind the wrong step is dropped, and its cost counts to the corrected step.
    /// </returns>
    /// <remarks>
    /// The rule is asked after each step, before <see cref="StepwiseOptions.Observe"/> carries it out. A step that the cloud model has written is not corrected again.
    /// </remarks>
    /// <exception cref="CascadeException">A model or the rule failed, or the local model wrote nothing.</exception>
    public Task<TrajectoryRecord> ExamineAsync(LabelledTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        return RunAsync(task, new ExamRun(task, _local, _corrector, _rule, _options.MaxCorrections, _options.Steps, _settings.TimeProvider), cancellationToken);
    }

    private async Task<TrajectoryRecord> RunAsync(LabelledTask task, IGenerator run, CancellationToken cancellationToken)
    {
        var cascade = new Cascade([], new Expert(run, StepwiseCascade.Name), _settings);
        var (answer, episode) = await cascade.RunAsync(
            new GenerationRequest(task.Messages), new CascadeRequestOptions { Key = task.Id, NoLearning = true }, cancellationToken);
        return TrajectoryRecord.Of(episode)! with
        {
            Id = task.Id,
            IsRight = answer.Trajectory!.End == TrajectoryEnd.Answered && (_options.IsRight ?? GoldAnswer.IsIn)(task, answer.Response.Text),
        };
    }
}
