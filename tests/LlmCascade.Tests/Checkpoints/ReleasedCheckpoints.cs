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
        new("online-cascade", 2, OnlineParts.Create, OnlineParts.Train, OnlineParts.Check),
    ];
}
