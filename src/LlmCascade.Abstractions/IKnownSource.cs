namespace LlmCascade;

/// <summary>A generator that can be told from others by what it asks, and not only by itself.</summary>
internal interface IKnownSource
{
    /// <summary>Gets what is asked, and how: of two generators with equal sources one answer serves both.</summary>
    object Source { get; }

    /// <summary>Gets the name of the model; <see langword="null"/> where it is unknown.</summary>
    string? Model { get; }

    /// <summary>Finds the source of any generator; the generator itself where it says nothing else.</summary>
    static object Of(IGenerator generator) => (generator as IKnownSource)?.Source ?? generator;
}
