using System.Runtime.InteropServices;
using TorchSharp;

namespace LlmCascade;

/// <summary>Sees to it that the native library of TorchSharp is there, and says what is missing where it is not.</summary>
internal static class TorchBackend
{
    private const string NeededVersion = "GLIBCXX_3.4.32";

    private const string OlderSystem =
        $"TorchSharp's native library needs {NeededVersion} of libstdc++, that of GCC 13, and this system has an older one. There are three ways out: an image with a newer one (Debian 13, Ubuntu 24.04, the default images of .NET 10); <FitTorchSharpToOlderLibstdcxx>true</FitTorchSharpToOlderLibstdcxx> in the project that runs, which edits the copy in its output folder; or such an image as a container.";

    /// <summary>Opens a device.</summary>
    /// <param name="name">cpu, cuda or cuda:N.</param>
    /// <exception cref="ArgumentException">There is no such kind of device.</exception>
    /// <exception cref="InvalidOperationException">Its native library is missing or cannot be loaded; the message says why and what to do.</exception>
    public static torch.Device Open(string name)
    {
        var (kind, index) = Parse(name);

        // TorchSharp would tell the console about all that it tries, and copy its packages into the output.
        if (WhyItDoesNotLoad() is { } reason)
        {
            throw new InvalidOperationException(reason.Contains(NeededVersion, StringComparison.Ordinal) ? OlderSystem : Missing(reason));
        }

        try
        {
            if (!torch.TryInitializeDeviceType(kind) || (kind == DeviceType.CUDA && !torch.cuda.is_available()))
            {
                throw new InvalidOperationException(kind == DeviceType.CUDA
                    ? $"The device '{name}' is not there: the process has no CUDA build of TorchSharp, or the machine no card that it can use. Refer to TorchSharp-cuda-linux or TorchSharp-cuda-windows instead of TorchSharp-cpu, or choose the device 'cpu'."
                    : Missing(null));
            }
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            throw new InvalidOperationException(Missing(e.Message), e);
        }

        return kind == DeviceType.CPU ? torch.CPU : torch.device(kind, index);
    }

    private static (DeviceType Kind, int Index) Parse(string name) => name switch
    {
        "cpu" => (DeviceType.CPU, -1),
        "cuda" => (DeviceType.CUDA, 0),
        _ when name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out var index) && index >= 0 => (DeviceType.CUDA, index),
        _ => throw new ArgumentException($"There is no device '{name}': it is cpu, cuda, or cuda:N for the card with the number N."),
    };

    private static string Missing(string? reason) =>
        $"TorchSharp's native library cannot be loaded. The project that runs must refer to TorchSharp-cpu, or to TorchSharp-cuda-linux or TorchSharp-cuda-windows, of the version that LlmCascade.TorchSharp was built with. {reason}";

    // The loader's own words about the library beside the program, which TorchSharp keeps to itself.
    private static string? WhyItDoesNotLoad()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        string[] places = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"), Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native")];
        foreach (var file in places.Select(place => Path.Combine(place, "libLibTorchSharp.so")).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(file);
            }
            catch (DllNotFoundException e)
            {
                return e.Message;
            }
        }

        return null;
    }
}
