using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>How a task is worked out step by step.</summary>
[Experimental("LLMC006")]
public sealed class StepwiseOptions
{
    /// <summary>Gets or sets where a step ends. Lines by default.</summary>
    public StepBoundary Boundary { get; set; } = StepBoundary.Line;

    /// <summary>Gets or sets who writes the steps.</summary>
    /// <value><see cref="StepMode.Switching"/> by default.</value>
    public StepMode Mode { get; set; }

    /// <summary>Gets or sets how tiers are shown the steps so far.</summary>
    /// <value><see cref="ContinuationStyle.UserTurn"/> by default.</value>
    public ContinuationStyle Continuation { get; set; }

    /// <summary>Gets or sets how the expert is shown the steps so far.</summary>
    /// <value><see cref="ContinuationStyle.UserTurn"/> by default.</value>
    public ContinuationStyle ExpertContinuation { get; set; }

    /// <summary>Gets or sets how models are told to write steps; <see langword="null"/>, the default, for the boundary's own words.</summary>
    /// <value>What tells that a step gives the answer has to be part of it; see <see cref="IsFinal"/>.</value>
    public string? Instructions { get; set; }

    /// <summary>Gets or sets what tells that a step gives the answer, so that no more follow.</summary>
    /// <value>
    /// <see langword="null"/>, the default, for a line that begins with <c>Answer:</c>, <c>Final answer:</c>, <c>The answer is</c> or <c>A:</c>, for a number behind <c>####</c>
    /// and for <c>\boxed{</c>. Thread-safe.
    /// </value>
    public Func<string, bool>? IsFinal { get; set; }

    /// <summary>Gets or sets what carries an accepted step out in the world, and tells what came of it: a calculator, a search, a tool.</summary>
    /// <value>
    /// <see langword="null"/>, the default, where steps are thoughts alone. It gets the trajectory whose last step is to be carried out, and gives
    /// <see langword="null"/> where there is nothing to observe. It is called once for each accepted step that is not final, when that is shown already, and never for a suspect one; one that ignores its token is left behind. Thread-safe. What it throws fails the request.
    /// </value>
    public Func<Trajectory, CancellationToken, ValueTask<string?>>? Observe { get; set; }

    /// <summary>Gets or sets the most steps.</summary>
    /// <value>At least 1; 32 by default. Then the answer ends unfinished, with the finish reason <c>length</c>.</value>
    public int MaxSteps { get; set; } = 32;

    /// <summary>Gets or sets how many steps in a row the expert may write or hint at before it finishes the work alone, in one call.</summary>
    /// <value>At least 1; 4 by default. <see langword="null"/> for no limit.</value>
    public int? MaxConsecutiveExpertSteps { get; set; } = 4;

    /// <summary>Gets or sets the most tokens, input and output, that all calls of a task may use together.</summary>
    /// <value>
    /// <see langword="null"/>, the default, for no limit. It is looked at between steps, and then the answer ends unfinished. The caller's <c>MaxOutputTokens</c> holds for each step, and
    /// ends the answer where the expert reaches it.
    /// </value>
    public long? MaxTokens { get; set; }

    /// <summary>Gets or sets the most that all calls of a task may cost together, in the currency of the cascade's prices.</summary>
    /// <value><see langword="null"/>, the default, for no limit. It is looked at between steps, and then the answer ends unfinished.</value>
    public decimal? MaxCost { get; set; }

    /// <summary>Gets or sets how long a task may take.</summary>
    /// <value>
    /// <see langword="null"/>, the default, for no limit. The step that is being written when it passes is cancelled, and the answer ends unfinished; where
    /// there is no step yet, or what the expert finishes alone is being streamed, the request fails. The time that a streaming consumer keeps the answer waiting does not count.
    /// </value>
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>Tells whether a step gives the answer: by what it says, or because the one before has announced it.</summary>
    internal bool IsAnswer(string step, ReasoningStep? before) => IsFinal is not null
        ? IsFinal(step)
        : FinalAnswer.IsIn(step) || (before is not null && FinalAnswer.IsAnnouncedIn(before.Text));

    /// <summary>Finds what is wrong, each with the way out.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (Boundary is null)
        {
            yield return "There is no boundary. Set one, such as StepBoundary.Line.";
        }

        if (!Enum.IsDefined(Mode) || !Enum.IsDefined(Continuation) || !Enum.IsDefined(ExpertContinuation))
        {
            yield return "The mode or a continuation style is no known one.";
        }

        if (Instructions is not null && string.IsNullOrWhiteSpace(Instructions))
        {
            yield return "The instructions are blank. Leave them null for the boundary's own words.";
        }

        if (MaxSteps < 1 || MaxConsecutiveExpertSteps < 1 || MaxTokens < 1 || MaxCost <= 0)
        {
            yield return "A limit of steps, tokens or cost is below what one step takes. Set it to 1 at least, a cost above 0, or null for none.";
        }

        if (TimeLimit is { } limit && (limit <= TimeSpan.Zero || limit > TimeSpan.FromDays(24)))
        {
            yield return "The time limit is not above zero and at most 24 days.";
        }
    }

    /// <summary>Copies options that are in range.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal static StepwiseOptions Checked(StepwiseOptions? options)
    {
        options ??= new StepwiseOptions();
        return options.FindMistakes().FirstOrDefault() is { } mistake
            ? throw new ArgumentException(mistake, nameof(options))
            : (StepwiseOptions)options.MemberwiseClone();
    }
}
