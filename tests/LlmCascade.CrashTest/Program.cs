// Saves over and over until it is killed: LlmCascade.CrashTest FILE SAVES. Each number is printed once it is on the disk.
using System.Globalization;
using LlmCascade.CrashTest;
using LlmCascade.Persistence;

NumberedState first = new(), second = new();
var store = new CheckpointStore(args[0], NumberedState.Parts(first, second));
(await store.ReadAsync()).Install();
for (var i = int.Parse(args[1], CultureInfo.InvariantCulture); i > 0; i--)
{
    first.Number++;
    second.Number++;
    await store.SaveAsync();
    Console.WriteLine(first.Number);
}
