// What other processes do to files while tests look on or kill them.
using System.Globalization;
using LlmCascade.CrashTest;

switch (args)
{
    case ["save", var path, var saves]:
        await CheckpointWriter.RunAsync(path, int.Parse(saves, CultureInfo.InvariantCulture));
        return 0;
    case ["strategies", var path]:
        await StrategyWriter.RunAsync(path);
        return 0;
    case ["merge", var folder, var name, var steps]:
        await StrategyMerger.RunAsync(folder, name, int.Parse(steps, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("save FILE SAVES | strategies FILE | merge FOLDER NAME STEPS");
        return 2;
}
