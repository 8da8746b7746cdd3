namespace LlmCascade.Persistence;

/// <summary>One part of a checkpoint as it is stored.</summary>
/// <param name="Name">Which part of the cascade it belongs to.</param>
/// <param name="Kind">What kind of state it is.</param>
/// <param name="Version">The version of its bytes.</param>
/// <param name="Bytes">The state.</param>
internal sealed record CheckpointPart(string Name, string Kind, int Version, ArraySegment<byte> Bytes);
