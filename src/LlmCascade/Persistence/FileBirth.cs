using System.Globalization;
using System.Runtime.InteropServices;

namespace LlmCascade.Persistence;

/// <summary>Tells a file apart from a copy that has been written into its place, whatever times that copy was given.</summary>
internal static partial class FileBirth
{
    // From the kernel's statx(2), which is the same on every processor.
    private const int CurrentFolder = -100;
    private const uint InodeAndBirth = 0x100 | 0x800;
    private const int Length = 256;
    private const int Inode = 32;
    private const int BirthSeconds = 80;
    private const int BirthNanoseconds = 88;

    /// <summary>Says when, and on Linux also as which file, the file was made.</summary>
    /// <returns><see langword="null"/> where the system does not know.</returns>
    public static string? Of(string path) =>
        OperatingSystem.IsLinux() ? OfLinux(path) : string.Create(CultureInfo.InvariantCulture, $"{File.GetCreationTimeUtc(path).Ticks}");

    // What .NET calls the creation time there is the last change of the file.
    private static string? OfLinux(string path)
    {
        Span<byte> facts = stackalloc byte[Length];
        try
        {
            if (Statx(CurrentFolder, path, 0, InodeAndBirth, facts) != 0
                || (MemoryMarshal.Read<uint>(facts) & InodeAndBirth) != InodeAndBirth)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{MemoryMarshal.Read<ulong>(facts[Inode..])} {MemoryMarshal.Read<long>(facts[BirthSeconds..])}.{MemoryMarshal.Read<uint>(facts[BirthNanoseconds..]):D9}");
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> facts);
}
