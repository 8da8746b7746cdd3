using LlmCascade.Persistence;

namespace LlmCascade.CrashTest;

/// <summary>Saves over and over until it is killed. Each number is printed once it is on the disk.</summary>
internal static class CheckpointWriter
{
    public static async Task RunAsync(string path, int saves)
    {
        NumberedState first = new(), second = new();
        var store = new CheckpointStore(path, NumberedState.Parts(first, second));
        (await store.ReadAsync()).Install();
        for (var i = saves; i > 0; i--)
        {
            first.Number++;
            second.Number++;
            await store.SaveAsync();
            Console.WriteLine(first.Number);
        }
    }
}
