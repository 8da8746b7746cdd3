using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Lets a copy of TorchSharp's native library load where libstdc++ is older than GCC 13's.</summary>
/// <remarks>
/// The library wants one symbol of GLIBCXX_3.4.32: std::ios_base_library_init(), which does nothing that an older
/// libstdc++ needs done. It is replaced by std::uncaught_exceptions(), which takes nothing, changes nothing, and is of a
/// version that the library wants anyway. Anything unexpected leaves the file as it is.
/// </remarks>
public class FitToOlderLibstdcxx : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string OlderVersion = "GLIBCXX_3.4.22";
    private const uint VersionHash = 0x0297f842;
    private const uint OlderVersionHash = 0x0297f872;
    private const string Symbol = "_ZSt21ios_base_library_initv";
    private const string OlderSymbol = "_ZSt19uncaught_exceptionsv";

    private const int None = -1;
    private const int Several = -2;
    private const int StringTable = 3;
    private const int NeededVersions = 0x6ffffffe;

    /// <summary>The copies in the output folder, never the files of the package cache.</summary>
    [Required]
    public ITaskItem[] Files { get; set; }

    public override bool Execute()
    {
        var system = Folders().Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        if (system == null || File.ReadAllText(system, Encoding.GetEncoding("ISO-8859-1")).Contains(Version))
        {
            return true;
        }

        foreach (var file in Files.Select(item => item.ItemSpec).Where(File.Exists))
        {
            var image = File.ReadAllBytes(file);
            var problem = Edit(image, out var isEdited);
            if (problem != null)
            {
                Log.LogWarning("'{0}' may need {1}, which '{2}' lacks, and was left as it is: {3}.", file, Version, system, problem);
            }
            else if (isEdited)
            {
                Replace(file, image);
                Log.LogMessage(MessageImportance.High, "{0} fits {1}, which lacks {2}.", file, system, Version);
            }
        }

        return true;
    }

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(new[] { ':' }, StringSplitOptions.RemoveEmptyEntries)
            .Concat(new[]
            {
                "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib/aarch64-linux-gnu",
                "/usr/lib64", "/lib64", "/usr/lib", "/lib",
            });

    // What is wrong, or null where all three edits were made or none is needed.
    private static string Edit(byte[] image, out bool isEdited)
    {
        isEdited = false;
        if (image.Length < 64 || BitConverter.ToUInt32(image, 0) != 0x464c457f || image[4] != 2 || image[5] != 1)
        {
            return "it is no 64-bit little-endian ELF file";
        }

        var strings = FindDynamicStrings(image, out var needed);
        if (strings is null || needed is null)
        {
            return "it names no versions that it needs";
        }

        var version = OnlyOf(image, Version, strings);
        if (version == None)
        {
            return null;
        }

        var symbol = OnlyOf(image, Symbol, strings);
        var older = OnlyOf(image, OlderVersion, strings);
        if (version < 0 || symbol < 0 || older < 0)
        {
            return "it does not name " + Version + ", " + OlderVersion + " and " + Symbol + " exactly once each";
        }

        var hash = FindHash(image, needed, (uint)(version - strings.Offset));
        if (hash < 0)
        {
            return "it needs " + Version + " more than once, or under another hash";
        }

        Put(image, version, OlderVersion, Version.Length);
        Put(image, symbol, OlderSymbol, Symbol.Length);
        BitConverter.GetBytes(OlderVersionHash).CopyTo(image, hash);
        isEdited = true;
        return null;
    }

    private static Section FindDynamicStrings(byte[] image, out Section needed)
    {
        needed = null;
        var table = (long)BitConverter.ToUInt64(image, 40);
        var (size, count) = (BitConverter.ToUInt16(image, 58), BitConverter.ToUInt16(image, 60));
        if (size < 64 || table < 0 || table + (size * (long)count) > image.Length)
        {
            return null;
        }

        var sections = Enumerable.Range(0, count).Select(i => Section.Read(image, (int)table + (i * size))).ToList();
        needed = sections.FirstOrDefault(section => section.Type == NeededVersions && section.IsWithin(image));
        return needed is not null && needed.Link < count && sections[needed.Link].Type == StringTable && sections[needed.Link].IsWithin(image)
            ? sections[needed.Link]
            : null;
    }

    // The place of the hash in the one entry that needs the version.
    private static int FindHash(byte[] image, Section needed, uint name)
    {
        var found = -1;
        for (var file = needed.Offset; file >= needed.Offset && file + 16 <= needed.End;)
        {
            var entry = file + (long)BitConverter.ToUInt32(image, (int)file + 8);
            for (var i = 0; i < BitConverter.ToUInt16(image, (int)file + 2) && entry + 16 <= needed.End; i++)
            {
                if (BitConverter.ToUInt32(image, (int)entry + 8) == name)
                {
                    if (found >= 0 || BitConverter.ToUInt32(image, (int)entry) != VersionHash)
                    {
                        return -1;
                    }

                    found = (int)entry;
                }

                entry += BitConverter.ToUInt32(image, (int)entry + 12);
            }

            var next = BitConverter.ToUInt32(image, (int)file + 12);
            if (next == 0)
            {
                break;
            }

            file += next;
        }

        return found;
    }

    private static int OnlyOf(byte[] image, string text, Section section)
    {
        var all = Encoding.GetEncoding("ISO-8859-1").GetString(image, (int)section.Offset, (int)(section.End - section.Offset));
        var first = all.IndexOf("\0" + text + "\0", StringComparison.Ordinal);
        return first < 0 ? None
            : all.IndexOf(text, first + text.Length, StringComparison.Ordinal) >= 0 ? Several
            : (int)section.Offset + first + 1;
    }

    private static void Put(byte[] image, int place, string text, int length) =>
        Encoding.ASCII.GetBytes(text.PadRight(length, '\0')).CopyTo(image, place);

    // A new file in its place: a link to the package cache would let the edits through. Its time stays, so that it counts as up to date.
    private static void Replace(string file, byte[] image)
    {
        var time = File.GetLastWriteTimeUtc(file);
        File.WriteAllBytes(file + ".fitted", image);
        File.SetLastWriteTimeUtc(file + ".fitted", time);
        File.Delete(file);
        File.Move(file + ".fitted", file);
    }

    private sealed class Section
    {
        public uint Type;
        public long Offset;
        public long End;
        public int Link;

        public static Section Read(byte[] image, int header) => new Section
        {
            Type = BitConverter.ToUInt32(image, header + 4),
            Offset = (long)BitConverter.ToUInt64(image, header + 24),
            End = (long)(BitConverter.ToUInt64(image, header + 24) + BitConverter.ToUInt64(image, header + 32)),
            Link = (int)BitConverter.ToUInt32(image, header + 40),
        };

        public bool IsWithin(byte[] image) => Offset > 0 && End <= image.Length && Offset <= End;
    }
}
