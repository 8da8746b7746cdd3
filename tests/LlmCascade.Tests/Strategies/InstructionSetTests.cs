using System.Diagnostics;
using Xunit;

namespace LlmCascade.Tests.Strategies;

/// <summary>Runs the tests of the index again where the processor may do less.</summary>
public sealed class InstructionSetTests
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "LlmCascade.Tests.dll");

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Neighbours_are_the_same_with_fewer_instructions(string setting)
    {
        var start = new ProcessStartInfo("dotnet", [_program, "-class", typeof(VectorIndexTests).FullName!]) { RedirectStandardOutput = true };
        start.Environment[setting] = "0";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Failed: 0", output, StringComparison.Ordinal);
    }
}
