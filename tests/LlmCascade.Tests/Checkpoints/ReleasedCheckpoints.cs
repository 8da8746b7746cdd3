using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Persistence;
using LlmCascade.Tests.Persistence;
using Xunit;

namespace LlmCascade.Tests.Checkpoints;

/// <summary>The one list of what has files in this folder.</summary>
internal static class ReleasedCheckpoints
{
    public static IReadOnlyList<ReleasedCheckpoint> All { get; } =
    [
        // The file itself: its marks, its order, its checksum.
        new(
            "format",
            CheckpointFormat.Version,
            () => new Dictionary<string, ICheckpointed> { ["first"] = new ScriptedState(""), ["second"] = new ScriptedState("", "other", 3) },
            parts =>
            {
                ((ScriptedState)parts["first"]).Text = "läuft";
                ((ScriptedState)parts["second"]).Text = new string('x', 300);
            },
            parts =>
            {
                Assert.Equal("läuft", ((ScriptedState)parts["first"]).Text);
                Assert.Equal(new string('x', 300), ((ScriptedState)parts["second"]).Text);
            }),

        // All that an online cascade keeps.
        new("online-cascade", 3, OnlineParts.Create, OnlineParts.Train, OnlineParts.Check),

        // What was spent since that was saved.
        new(
            "spending-note",
            2,
            () => new Dictionary<string, ICheckpointed> { ["spent"] = new SpendingNote("spent", TimeProvider.System, failure => throw failure) },
            parts => Set(parts["spent"], 7, 40, 3),
            parts => Assert.Equal((7, 40), (((SpendingNote)parts["spent"]).Spent, ((SpendingNote)parts["spent"]).Requests))),

        // What the draws of requests without a key come from.
        new(
            "request-number",
            1,
            () => new Dictionary<string, ICheckpointed> { ["requests"] = new RequestNumber() },
            parts => Set(parts["requests"], 41),
            parts => Assert.Equal(41, ((RequestNumber)parts["requests"]).Latest)),
    ];

    private static void Set(ICheckpointed part, params long[] numbers)
    {
        var bytes = numbers.SelectMany(BitConverter.GetBytes).ToArray();
        part.Read(new BinaryReader(new MemoryStream(bytes)), part.Version)();
    }
}
