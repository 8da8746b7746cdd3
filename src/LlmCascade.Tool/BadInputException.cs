namespace LlmCascade.Tool;

/// <summary>What the user gave cannot be used; the message says why.</summary>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Runs something whose exceptions about its input become ones of this kind; others are mistakes of the program.</summary>
    public static T Tell<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(WithoutParameter(e), e);
        }
    }

    // The name of a method's parameter means nothing to who types a command.
    private static string WithoutParameter(Exception e) => e is ArgumentException { ParamName: { } name }
        ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
        : e.Message;
}
