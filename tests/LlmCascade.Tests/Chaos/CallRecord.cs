using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>What one call of a scripted model did in truth.</summary>
/// <param name="place">The tier or the expert that was asked.</param>
/// <param name="request">The number of the request.</param>
/// <param name="script">What the model was to do.</param>
internal sealed class CallRecord(string place, int request, ModelScript script)
{
    private readonly List<ChatResponseUpdate> _said = [];
    private volatile bool _hasEnded;
    private volatile bool _isWhole;
    private volatile bool _isReadToEnd;

    public string Place => place;

    public int Request => request;

    public ModelScript Script => script;

    /// <summary>Gets a text that no other call says.</summary>
    public string Mark => $"[{request} {place}]";

    /// <summary>Gets whether nothing of the call is left: its task has ended, its enumerator is disposed.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Gets whether the caller got everything that was to come, and no exception.</summary>
    public bool IsWhole => _isWhole;

    /// <summary>Gets whether the caller got everything that was to come, whatever followed, so that it knows the whole usage.</summary>
    public bool IsReadToEnd => _isReadToEnd;

    /// <summary>Gets whether the model said what cannot be taken for an answer.</summary>
    public bool IsFaulty => script.Behaviour is Behaviour.SaysItFailed or Behaviour.ReturnsNull;

    /// <summary>Gets whether the model said what may be taken for an answer or for a failure.</summary>
    public bool IsDoubtful => script.Behaviour == Behaviour.AnswersInGarbage && Garbage.HasHole(script.Variant);

    /// <summary>Gets whether the model said nothing that could be an answer.</summary>
    public bool IsEmpty => script.Behaviour == Behaviour.AnswersNothing;

    /// <summary>Gets what was handed to the caller so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return Transcript.Of(_said);
            }
        }
    }

    /// <summary>Gets the sum of the usage that was handed to the caller; <see langword="null"/> when there was none.</summary>
    public UsageDetails? Usage
    {
        get
        {
            lock (_said)
            {
                return SumOf(_said);
            }
        }
    }

    public void Say(ChatResponseUpdate update)
    {
        lock (_said)
        {
            _said.Add(update);
        }
    }

    public void End(bool isReadToEnd, bool hasBroken)
    {
        _isReadToEnd = isReadToEnd;
        _isWhole = isReadToEnd && !hasBroken;
        _hasEnded = true;
    }

    public static UsageDetails? SumOf(IEnumerable<ChatResponseUpdate> updates)
    {
        UsageDetails? sum = null;
        foreach (var usage in updates.SelectMany(update => update.Contents).OfType<UsageContent>())
        {
            (sum ??= new UsageDetails()).Add(usage.Details);
        }

        return sum;
    }
}
