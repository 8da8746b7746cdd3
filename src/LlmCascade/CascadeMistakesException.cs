using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Lists what is wrong with a cascade, a mistake a line: some of them show code.</summary>
internal sealed class CascadeMistakesException(string name, params IEnumerable<string> mistakes)
    : OptionsValidationException(name, typeof(CascadeOptions), mistakes)
{
    public override string Message =>
        $"The cascade '{OptionsName}' cannot start:{Environment.NewLine}- {string.Join($"{Environment.NewLine}- ", Failures)}";
}
