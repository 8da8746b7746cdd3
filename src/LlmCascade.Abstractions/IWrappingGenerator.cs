namespace LlmCascade;

/// <summary>A generator that stands around another one.</summary>
internal interface IWrappingGenerator
{
    /// <summary>Gets the generator inside.</summary>
    IGenerator Inner { get; }
}
