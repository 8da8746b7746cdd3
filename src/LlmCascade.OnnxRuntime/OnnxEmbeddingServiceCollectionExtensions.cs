using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmCascade;

/// <summary>Registers sentence embeddings.</summary>
public static class OnnxEmbeddingServiceCollectionExtensions
{
    /// <summary>Registers a model as the one that computes embeddings. It is loaded when it is first asked for, and the container disposes it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="configure">Says how to read it and to compute with it.</param>
    /// <param name="serviceKey">A key to register it under; <see langword="null"/>, the default, registers it without one.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddOnnxEmbeddingGenerator(
        this IServiceCollection services, string folder, Action<OnnxEmbeddingOptions>? configure = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        services.Add(ServiceDescriptor.KeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(serviceKey, (_, _) => Load(folder, configure)));
        return services;
    }

    private static OnnxEmbeddingGenerator Load(string folder, Action<OnnxEmbeddingOptions>? configure)
    {
        var options = new OnnxEmbeddingOptions();
        configure?.Invoke(options);
        return new OnnxEmbeddingGenerator(folder, options);
    }
}
