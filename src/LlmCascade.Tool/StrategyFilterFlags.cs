using System.CommandLine;

namespace LlmCascade.Tool;

/// <summary>The flags that say which strategies are meant.</summary>
internal sealed class StrategyFilterFlags
{
    private readonly Option<string?> _scope = new("--scope") { HelpName = "SCOPE", Description = "Those of one scope; of all by default." };
    private readonly Option<string?> _producer = new("--producer") { HelpName = "NAME", Description = "Those that one producer made." };
    private readonly Option<string?> _id = new("--id") { HelpName = "ID", Description = "The one with this id." };
    private readonly Option<bool>? _everything;

    /// <param name="mustNarrow">Whether all of a journal are meant only where it is said.</param>
    public StrategyFilterFlags(bool mustNarrow = false) =>
        _everything = mustNarrow ? new("--everything") { Description = "All of them." } : null;

    public IEnumerable<Symbol> Symbols => _everything is null ? [_scope, _producer, _id] : [_scope, _producer, _id, _everything];

    public StrategyFilter Read(ParseResult parsed)
    {
        var (scope, producer, id) = (parsed.GetValue(_scope), parsed.GetValue(_producer), parsed.GetValue(_id));
        var isNarrowed = scope is not null || producer is not null || id is not null;
        if (_everything is not null && parsed.GetValue(_everything) == isNarrowed)
        {
            throw new BadInputException("Say which ones: --scope, --producer or --id, or --everything alone.");
        }

        var all = scope is null ? StrategyFilter.InAllScopes : BadInputException.Tell(() => StrategyFilter.InScope(scope));
        return BadInputException.Tell(() => all with { Producer = producer, Id = id });
    }
}
