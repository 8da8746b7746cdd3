// Shows a small model working step by step while the expert writes anew what it got wrong. It runs offline; with --json it prints the simulation's figures.
using System.Globalization;
using StepSwitching;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--json"])
{
    Console.WriteLine(await Simulation.RunAsync());
}
else if (args is [])
{
    await WorkedExample.ShowAsync();
}
else
{
    Console.Error.WriteLine("Usage: StepSwitching [--json]");
    return 1;
}

return 0;
