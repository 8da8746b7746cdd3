using System.Diagnostics.CodeAnalysis;
using LlmCascade.Agreement;
using LlmCascade.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmCascade;

/// <summary>Says which models answer together, and how their answers become one.</summary>
[Experimental("LLMC005")]
public sealed class EnsembleBuilder
{
    private readonly List<MemberBuilder> _members = [];
    private readonly AgreementOptions _options = new();

    internal EnsembleBuilder()
    {
    }

    internal AgreementOptions Options => _options;

    /// <summary>Gets the members so far.</summary>
    internal IReadOnlyList<MemberBuilder> Members => _members;

    /// <summary>Adds a member.</summary>
    /// <param name="name">A name that is unique within the ensemble.</param>
    /// <param name="configure">Says who answers.</param>
    /// <returns>This builder.</returns>
    public EnsembleBuilder Add(string name, Action<MemberBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        var member = new MemberBuilder(name);
        configure(member);
        _members.Add(member);
        return this;
    }

    /// <summary>Adds a member that is a chat client. It stays the host's to dispose.</summary>
    /// <param name="name">A name that is unique within the ensemble.</param>
    /// <param name="client">The client.</param>
    /// <returns>This builder.</returns>
    public EnsembleBuilder Add(string name, IChatClient client) => Add(name, member => member.UseChatClient(client));

    /// <summary>Says how the answers become one; several calls add up.</summary>
    /// <param name="configure">Says it: measure, aggregation, calibrator.</param>
    /// <returns>This builder.</returns>
    public EnsembleBuilder Agree(Action<AgreementOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    /// <summary>Finds what is wrong, each with the way out.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (_members.Count < 2)
        {
            yield return $"it has {_members.Count} {(_members.Count == 1 ? "member" : "members")}, and one answer agrees with nobody. Add two at least, with .Add(\"…\", …).";
        }

        foreach (var twice in _members.GroupBy(member => member.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"two members have the name '{twice.Key}'; case does not count. Give each its own.";
        }

        foreach (var empty in _members.Where(member => member.Setup.IsEmpty))
        {
            yield return $"member '{empty.Name}' has nobody to answer. Add .UseChatClient(…) or .UseGenerator(…).";
        }

        foreach (var mistake in _options.FindMistakes())
        {
            yield return mistake;
        }
    }

    internal EnsembleGenerator Build(
        string tier, IServiceProvider services, List<IDisposable> owned, List<string> mistakes, LabelPrompt? labels, Func<IGenerator, IGenerator>? inSteps = null)
    {
        var members = _members.Select(member =>
        {
            var generator = member.Setup.Build($"{tier}/{member.Name}", services, owned, mistakes, inSteps: inSteps);
            return new EnsembleMember(member.Name, labels is null ? generator : new LabelingGenerator(generator, labels))
            {
                Prices = member.Setup.Prices,
                Timeout = member.Setup.Timeout,
            };
        });
        return new EnsembleGenerator(members, _options, LoggerOf(services)) { TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System };
    }

    internal static ILogger? LoggerOf(IServiceProvider services) => services.GetService<ILoggerFactory>()?.CreateLogger<EnsembleGenerator>();
}
