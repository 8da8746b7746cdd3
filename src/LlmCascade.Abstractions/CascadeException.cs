using System.Collections.Immutable;
using System.Text;

namespace LlmCascade;

/// <summary>No answer: no tier's answer was kept and the expert failed.</summary>
public sealed class CascadeException : Exception
{
    /// <summary>Initializes an exception.</summary>
    /// <param name="attempts">Every attempt that was made, the failed expert last; at least one.</param>
    /// <exception cref="ArgumentException">There is no attempt.</exception>
    public CascadeException(ImmutableArray<Attempt> attempts)
        : base(Describe(attempts), attempts[^1].Failure)
    {
        Attempts = attempts;
    }

    /// <summary>Gets every attempt that was made, the failed expert last. Its failure is also the inner exception.</summary>
    public ImmutableArray<Attempt> Attempts { get; }

    private static string Describe(ImmutableArray<Attempt> attempts)
    {
        if (attempts.IsDefaultOrEmpty)
        {
            throw new ArgumentException("There is at least the expert's attempt.", nameof(attempts));
        }

        var expert = attempts[^1];
        var text = new StringBuilder($"The expert '{expert.Name}' gave no answer ({expert.Verdict.Reason})");
        text.Append(attempts.Length > 1 ? " and no tier's answer was kept:" : ":");
        foreach (var attempt in attempts)
        {
            text.Append(' ').Append(attempt.Name).Append(": ").Append(attempt.Verdict.Reason);
            if (attempt.Failure is { } failure)
            {
                text.Append(" (").Append(failure.GetType().Name).Append(": ").Append(failure.Message).Append(')');
            }

            text.Append(';');
        }

        text[^1] = '.';
        return text.ToString();
    }
}
