using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Puts a cascade into a pipeline of Microsoft.Extensions.AI.</summary>
public static class CascadeChatClientBuilderExtensions
{
    /// <summary>Adds a cascade to the pipeline; what stands after it becomes the expert, unless <see cref="CascadeBuilder.Expert"/> names another one.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="configure">Says what the cascade is made of. Configuration is not read; <see cref="CascadeBuilder.Configure"/> may bind a section.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>Everything is checked when the pipeline is built; an <see cref="OptionsValidationException"/> then lists the mistakes.</remarks>
    public static ChatClientBuilder UseLlmCascade(this ChatClientBuilder builder, Action<CascadeBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Use((inner, services) =>
        {
            var cascade = new CascadeBuilder();
            configure(cascade);
            if (cascade.ExpertBuilder.Setup.IsEmpty)
            {
                cascade.ExpertBuilder.UseChatClient(inner);
            }

            var options = new CascadeOptions();
            cascade.ConfigureOptions?.Invoke(options);
            if (new CascadeOptionsValidator().Validate(Options.DefaultName, options) is { Failed: true } result)
            {
                throw new CascadeMistakesException(CascadeOptions.Section, result.Failures);
            }

            // In a pipeline the outer client disposes the inner one.
            return CascadeFactory.Create(CascadeOptions.Section, cascade, options, services, registrations: null, inner);
        });
    }
}
