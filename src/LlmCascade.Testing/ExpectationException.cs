namespace LlmCascade.Testing;

/// <summary>Something that a test expected did not happen. Every test framework shows it as a failure.</summary>
public sealed class ExpectationException : Exception
{
    /// <summary>Initializes an exception.</summary>
    /// <param name="message">What was expected, and what happened.</param>
    /// <param name="innerException">What was thrown instead; <see langword="null"/> when nothing was.</param>
    public ExpectationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
