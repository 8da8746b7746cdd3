using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>A simulation, not a measurement: made-up tasks of looking up and adding, a local and a cloud model that work step by step, and an introspector.</summary>
/// <remarks>
/// <para>
/// A task has 4 to 8 steps, each a line. The local model errs at a step with a probability of 0.15, the cloud model with 0.01; a step is wrong where its author errs or an
/// earlier step is wrong, and writing it anew does not heal what was wrong before. The introspector costs nothing, finds a wrong step with a probability of 0.9, and suspects a right one
/// with 0.05. Asked to look at its own suspect step again, the local model repairs an error with a probability of 0.3, and leaves a right step as it is.
/// </para>
/// <para>
/// A task has 100 tokens and each step 30. A call reads the task, the steps so far and the suspect step, where there is one; a cloud token costs <see cref="CloudPrices"/>, 30 times a local one.
/// Every step has its own draws, so that all runs over one simulation share them. It tests directions and accounting; what it says about savings says nothing about yours.
/// </para>
/// </remarks>
[Experimental("LLMC006")]
public sealed partial class StepSimulation
{
    private const double LocalErrs = 0.15;
    private const double CloudErrs = 0.01;
    private const double Found = 0.9;
    private const double FalselySuspected = 0.05;
    private const double Repaired = 0.3;
    private const int TokensOfTask = 100;
    private const int TokensOfStep = 30;

    private readonly SimulatedTask[] _tasks;

    /// <summary>Makes a simulation.</summary>
    /// <param name="seed">Chooses tasks and draws.</param>
    /// <param name="tasks">How many tasks there are, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tasks"/> is below 1.</exception>
    public StepSimulation(int seed, int tasks = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        var random = new Random(seed);
        _tasks = [.. Enumerable.Range(0, tasks).Select(number => SimulatedTask.Draw(number, random))];
        Tasks = [.. _tasks.Select(task => task.Text)];
    }

    /// <summary>Gets what a token of the local model costs: 1 a million.</summary>
    public static Prices LocalPrices { get; } = new(inputPerMillion: 1, outputPerMillion: 1);

    /// <summary>Gets what a token of the cloud model costs: 30 a million.</summary>
    public static Prices CloudPrices { get; } = new(inputPerMillion: 30, outputPerMillion: 30);

    /// <summary>Gets the tasks in their order.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>Makes the local model.</summary>
    /// <returns>A chat client that counts its tokens.</returns>
    public Model CreateLocalModel() => new(this, isCloud: false);

    /// <summary>Makes the cloud model.</summary>
    /// <returns>A chat client that counts its tokens.</returns>
    public Model CreateCloudModel() => new(this, isCloud: true);

    /// <summary>Makes the introspector, which knows the truth and tells it with errors.</summary>
    /// <returns>The introspector.</returns>
    public IStepIntrospector CreateIntrospector() => new Introspector(this);

    /// <summary>Tells whether the answer to a task is right.</summary>
    /// <param name="task">The number of the task, from 0.</param>
    /// <param name="answer">The text of the answer.</param>
    /// <returns>Whether its last line gives the right sum.</returns>
    public bool IsRight(int task, string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return _tasks[task].Totals[^1] == LastTotal(answer) && answer.Contains("####", StringComparison.Ordinal);
    }

    /// <summary>Tells whether a step of a task is right.</summary>
    /// <param name="task">The number of the task, from 0.</param>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="text">The text of the step.</param>
    /// <returns>Whether its author did not err and no step before it is wrong.</returns>
    public bool IsStepRight(int task, int step, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return step < _tasks[task].Totals.Length && _tasks[task].Totals[step] == LastTotal(text);
    }

    private static int? LastTotal(string text) => Total().Matches(text) is [.., var last] ? int.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    private SimulatedTask Find(IEnumerable<ChatMessage> messages) =>
        _tasks[int.Parse(TaskNumber().Match(messages.First(message => message.Role == ChatRole.User).Text).Groups[1].Value, CultureInfo.InvariantCulture)];

    [GeneratedRegex("^Task ([0-9]+):")]
    private static partial Regex TaskNumber();

    [GeneratedRegex("= ([0-9]+)")]
    private static partial Regex Total();

    private sealed class Introspector(StepSimulation world) : IStepIntrospector
    {
        public string Id => "simulated-v1";

        public bool CanClear => true;

        public ValueTask<StepCheck> CheckAsync(GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(request);
            ArgumentNullException.ThrowIfNull(step);
            if (request.Trajectory is not { } trajectory)
            {
                return new(new StepCheck(Id));
            }

            var task = world.Find(trajectory.Task);
            var place = trajectory.Steps.Length;
            var isRight = world.IsStepRight(task.Number, place, step.Response.Text);
            var isSuspect = task.Steps[Math.Min(place, task.Steps.Length - 1)].Check < (isRight ? FalselySuspected : Found);
            return new(new StepCheck(Id) { ErrorProbability = isSuspect ? 1 : 0 });
        }
    }

    /// <summary>One of the two models.</summary>
    /// <remarks>Thread-safe.</remarks>
    public sealed class Model : IChatClient
    {
        private static readonly ChatClientMetadata _metadata = new("simulated");

        private readonly StepSimulation _world;
        private readonly bool _isCloud;
        private long _tokens;
        private long _calls;

        internal Model(StepSimulation world, bool isCloud)
        {
            _world = world;
            _isCloud = isCloud;
        }

        /// <summary>Gets the number of calls so far.</summary>
        public long Calls => Interlocked.Read(ref _calls);

        /// <summary>Gets what all calls so far have cost.</summary>
        public decimal Charged => Interlocked.Read(ref _tokens) * (_isCloud ? CloudPrices : LocalPrices).InputPerMillion!.Value / 1_000_000;

        /// <inheritdoc/>
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(messages);
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(Answer([.. messages]));
        }

        /// <inheritdoc/>
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var update in (await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false)).ToChatResponseUpdates())
            {
                yield return update;
            }
        }

        /// <inheritdoc/>
        public object? GetService(Type serviceType, object? serviceKey = null)
        {
            ArgumentNullException.ThrowIfNull(serviceType);
            return serviceKey is not null ? null : serviceType.IsInstanceOfType(this) ? this : serviceType.IsInstanceOfType(_metadata) ? _metadata : null;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }

        private ChatResponse Answer(ChatMessage[] messages)
        {
            var task = _world.Find(messages);
            var before = messages.LastOrDefault(message => message.Role == ChatRole.Assistant)?.Text ?? "";
            var place = before.Length == 0 ? 0 : before.Split('\n').Length;
            var total = LastTotal(before) ?? 0;
            var asked = messages[^1].Text;
            var isRedo = asked.Contains("is doubted", StringComparison.Ordinal);
            var isOneStep = asked.Contains("Write only", StringComparison.Ordinal);
            List<string> lines = [];
            do
            {
                var line = task.Write(place, total, Errs(task.Steps[place], isRedo));
                total = LastTotal(line)!.Value;
                lines.Add(line);
                place++;
            }
            while (!isOneStep && place < task.Steps.Length);

            var input = TokensOfTask + ((place - lines.Count + (isRedo ? 1 : 0)) * TokensOfStep);
            var output = lines.Count * TokensOfStep;
            Interlocked.Add(ref _tokens, input + output);
            Interlocked.Increment(ref _calls);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Join('\n', lines)))
            {
                Usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output },
                FinishReason = ChatFinishReason.Stop,
            };
        }

        private bool Errs(SimulatedStep step, bool isRedo) => _isCloud
            ? step.Cloud < CloudErrs
            : step.Local < LocalErrs && !(isRedo && step.Repair < Repaired);
    }

    private sealed record SimulatedTask(int Number, string Text, SimulatedStep[] Steps, int[] Totals)
    {
        public static SimulatedTask Draw(int number, Random random)
        {
            SimulatedStep[] steps =
            [
                .. Enumerable.Range(0, random.Next(4, 9)).Select(_ => new SimulatedStep(
                    random.Next(2, 60), random.Next(1, 10), random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble())),
            ];
            var totals = new int[steps.Length];
            for (var i = 0; i < totals.Length; i++)
            {
                totals[i] = steps[i].Value + (i == 0 ? 0 : totals[i - 1]);
            }

            return new SimulatedTask(number, $"Task {number}: look up the {steps.Length} prices on list {number}, and add them up.", steps, totals);
        }

        // Every error is too large a sum, so that no two of them heal each other.
        public string Write(int place, int before, bool errs)
        {
            var step = Steps[place];
            var total = before + step.Value + (errs ? step.Offset : 0);
            var end = place == Steps.Length - 1 ? $" #### {total}" : "";
            return $"Price {place + 1} is {step.Value}: {before} + {step.Value} = {total}{end}";
        }
    }

    /// <summary>One step with its draws.</summary>
    private sealed record SimulatedStep(int Value, int Offset, double Local, double Cloud, double Check, double Repair);
}
