using ArchUnitNET.Domain;

namespace LlmCascade.Tests.Architecture;

/// <summary>Who may know whom: the one table of it, and the rule that reads the table.</summary>
/// <remarks>A room is a namespace below the root. The root itself composes the others, knows them all, and nobody knows it.</remarks>
internal static class Rooms
{
    private const string Abstractions = "LlmCascade.Abstractions";
    private const string Composition = "the composition root";
    private const string ChatClient = "Microsoft.Extensions.AI.IChatClient";

    // Besides these, every room knows the abstractions. A room that is missing here is reported.
    private static readonly Dictionary<string, string[]> _mayKnow = new()
    {
        ["Escalation"] = ["Telemetry"],
        ["Chat"] = ["Calibration", "Telemetry"],
        ["Deferral"] = ["Calibration", "Persistence", "Telemetry"],
        ["Calibration"] = ["Persistence", "Telemetry"],
        ["Agreement"] = ["Calibration", "Deferral", "Embeddings", "Persistence", "Telemetry"],
        ["Strategies"] = ["Calibration", "Deferral", "Embeddings", "Persistence", "Telemetry"],
        ["Steps"] = ["Calibration", "Deferral", "Persistence", "Telemetry"],
        ["Students"] = ["Calibration", "Deferral", "Embeddings", "Persistence", "Telemetry"],
        ["Embeddings"] = [],
        ["Learning"] = ["Persistence", "Telemetry"],
        ["Persistence"] = ["Telemetry"],
        ["Telemetry"] = [],
        ["Evaluation"] = [Composition, "Agreement", "Calibration", "Deferral", "Embeddings", "Escalation", "Learning", "Persistence", "Students"],
        ["Tool"] = [Composition, "Embeddings", "Evaluation", "Persistence", "Strategies", "Students"],
        [Abstractions] = [],
    };

    /// <summary>Finds what the types know and may not know.</summary>
    /// <param name="types">The types.</param>
    /// <param name="root">The namespace whose children are the rooms.</param>
    public static List<string> FindViolations(IEnumerable<IType> types, string root)
    {
        List<string> violations = [];
        foreach (var type in types)
        {
            if (RoomOf(type, root) is not { } room || room == Composition)
            {
                continue;
            }

            if (!_mayKnow.TryGetValue(room, out var others))
            {
                violations.Add($"{type.FullName} is in the room {room}, about which the table says nothing");
                continue;
            }

            violations.AddRange(type.Dependencies
                .Select(dependency => dependency.Target)
                .Distinct()

                // Two generated contexts of JSON have methods alike, and their type parameters are taken for one.
                .Where(target => target is not GenericParameter && !MayKnow(room, others, target, root))
                .Select(target => $"{type.FullName} knows {target.FullName}"));
        }

        violations.Sort(StringComparer.Ordinal);
        return violations;
    }

    private static bool MayKnow(string room, string[] others, IType target, string root) =>
        target.FullName == ChatClient
            ? room == "Chat"
            : RoomOf(target, root) is not { } targetRoom
                || targetRoom == room
                || targetRoom == Abstractions
                || others.Contains(targetRoom);

    // The abstractions share the root's namespace, so that hosts import one.
    private static string? RoomOf(IType type, string root)
    {
        var space = type.Namespace?.FullName ?? "";

        // A type that no loaded assembly defines, such as a generic parameter, has no assembly.
        return type.Assembly?.Name.Split(',')[0] == Abstractions ? Abstractions
            : space == root ? Composition
            : space.StartsWith(root + ".", StringComparison.Ordinal) ? space[(root.Length + 1)..].Split('.')[0]
            : null;
    }
}
