using System.Runtime.InteropServices;
using LlmCascade.Tool;

using var cancellation = new CancellationTokenSource();

// The first Ctrl+C ends the command in good order, the second one ends the process.
using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
});

return await CommandLine.RunAsync(
    args,
    Console.Out,
    Console.Error,
    new ProgressLine(Console.Error, isTerminal: !Console.IsErrorRedirected, TimeProvider.System),
    cancellation.Token);
