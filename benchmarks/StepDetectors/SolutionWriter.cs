using LlmCascade;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;

namespace StepDetectors;

/// <summary>Lets a model work a question out step by step, as a stepwise cascade does whose tier nobody corrects.</summary>
/// <param name="writer">Who writes a step.</param>
/// <param name="introspectors">Who looks at each step as long as the solution is on the road.</param>
/// <param name="endsWhereItLeaves">Whether nothing more is written once it has left, since nothing more is scored.</param>
internal sealed class SolutionWriter(IGenerator writer, IReadOnlyList<IStepIntrospector> introspectors, bool endsWhereItLeaves)
{
    private const int MostSteps = 6;
    private const int MostTokens = 64;

    private static readonly ChatMessage[] _examples =
    [
        new(ChatRole.System, """You solve word problems in short steps, one step on each line. Each step computes one thing with an equation. The last line begins with "Answer:"."""),
        new(ChatRole.User, "Mia has 4 boxes with 6 pencils each and gives 5 pencils away. How many pencils does she keep?"),
        new(ChatRole.Assistant, "The boxes hold 4 * 6 = 24 pencils.\nShe keeps 24 - 5 = 19 pencils.\nAnswer: 19"),
        new(ChatRole.User, "A ticket costs $12 and a drink costs $3. Three friends buy one of each. What do they pay together?"),
        new(ChatRole.Assistant, "One friend pays 12 + 3 = 15 dollars.\nThree friends pay 15 * 3 = 45 dollars.\nAnswer: 45"),
    ];

    public async Task<WrittenSolution> WriteAsync(Question question)
    {
        var road = new Road(question);

        // Nobody finishes the work where steps go in circles: it ends there.
        var steps = new StepwiseGenerator(
            new IntrospectedGenerator(writer, new OnTheRoad(road, introspectors)),
            finisher: null,
            new StepwiseOptions
            {
                Boundary = StepBoundary.Line,
                MaxSteps = MostSteps,
                IsFinal = step => Announces(step) || (endsWhereItLeaves && road.FindDeparture([step]) is not null),
            });
        var request = new GenerationRequest(
            [.. _examples, new ChatMessage(ChatRole.User, question.Prompt)], new ChatOptions { Temperature = 0, MaxOutputTokens = MostTokens });
        var run = await steps.RunAloneAsync(request, settings: new CascadeSettings { Seed = 1 }, options: new CascadeRequestOptions { Key = question.Id });
        var written = run.Generation.Trajectory!.Steps;
        var isAnswered = written is [.., var last] && Announces(last.Text);
        var isRight = isAnswered && StepResult.NumbersIn(written[^1].Text) is [.., var answer] && StepResult.Contains(StepResult.NumbersIn(question.Gold), answer);
        return new WrittenSolution(question, written, isAnswered, isRight, road.FindDeparture([.. written.Select(step => step.Text)]));
    }

    private static bool Announces(string step) =>
        step.StartsWith("Answer:", StringComparison.OrdinalIgnoreCase) || step.StartsWith("The answer is", StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks every introspector about each step that is scored, and keeps all steps whatever they say.</summary>
    private sealed class OnTheRoad(Road road, IReadOnlyList<IStepIntrospector> all) : IStepIntrospector
    {
        public string Id => "all";

        public bool CanClear => true;

        public async ValueTask<StepCheck> CheckAsync(
            GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
        {
            var isOnRoad = road.FindDeparture([.. request.Trajectory!.Steps.Select(before => before.Text)]) is null;
            List<StepCheck> parts = [];
            foreach (var each in isOnRoad ? all : [])
            {
                var part = await each.CheckAsync(request, step, context, cancellationToken);

                // A server that is gone must not look like a model that cannot tell.
                parts.Add(part.Reason == StepReasons.CheckFailed ? throw new InvalidOperationException("A check failed; see whether the server runs.") : part);
            }

            return new StepCheck(Id) { Parts = [.. parts] };
        }
    }
}
