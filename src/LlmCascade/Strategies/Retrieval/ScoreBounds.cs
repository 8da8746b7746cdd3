using System.Numerics;
using System.Runtime.InteropServices;

namespace LlmCascade.Strategies.Retrieval;

/// <summary>The most that scores can be.</summary>
internal static class ScoreBounds
{
    /// <summary>Computes <c>(dot x slope + offset) x scale + shift x along + error x across + start</c> for each row.</summary>
    /// <returns>The largest.</returns>
    public static float Fill(
        ReadOnlySpan<int> dots, ReadOnlySpan<float> scales, ReadOnlySpan<float> shifts, ReadOnlySpan<float> errors,
        float slope, float offset, float along, float across, float start, Span<float> most)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dots.Length, Math.Min(Math.Min(most.Length, scales.Length), Math.Min(shifts.Length, errors.Length)), nameof(dots));
        ref var shift = ref MemoryMarshal.GetReference(shifts);
        ref var dot = ref MemoryMarshal.GetReference(dots);
        ref var scale = ref MemoryMarshal.GetReference(scales);
        ref var error = ref MemoryMarshal.GetReference(errors);
        ref var bound = ref MemoryMarshal.GetReference(most);
        var largest = new Vector<float>(float.NegativeInfinity);
        var i = 0;
        for (; i + Vector<float>.Count <= dots.Length; i += Vector<float>.Count)
        {
            var product = (Vector.ConvertToSingle(Vector.LoadUnsafe(ref dot, (nuint)i)) * slope) + new Vector<float>(offset);
            var known = (product * Vector.LoadUnsafe(ref scale, (nuint)i)) + (Vector.LoadUnsafe(ref shift, (nuint)i) * along) + new Vector<float>(start);
            var value = known + (Vector.LoadUnsafe(ref error, (nuint)i) * across);
            value.StoreUnsafe(ref bound, (nuint)i);
            largest = Vector.Max(largest, value);
        }

        var result = float.NegativeInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            result = Math.Max(result, largest[lane]);
        }

        for (; i < dots.Length; i++)
        {
            most[i] = (((dots[i] * slope) + offset) * scales[i]) + (shifts[i] * along) + start + (errors[i] * across);
            result = Math.Max(result, most[i]);
        }

        return result;
    }
}
