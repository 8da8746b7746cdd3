using System.Diagnostics;
using LlmCascade.Steps;
using LlmCascade.Testing;
using StepSwitching;

var world = new StepSimulation(seed: 1, tasks: 20000);
foreach (var mode in Enum.GetValues<StepMode>())
{
    var w = Stopwatch.StartNew();
    Console.WriteLine($"{mode}: {await SimulatedRun.RunAsync(world, mode)} {w.Elapsed}");
}
