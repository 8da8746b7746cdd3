using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using LlmCascade.Escalation;
using LlmCascade.Evaluation;
using LlmCascade.Tool;
using Xunit;

namespace LlmCascade.Tests.Architecture;

public sealed class RoomsTests
{
    private const string Planted = "LlmCascade.Tests.Architecture.Planted";

    private static readonly ArchUnitNET.Domain.Architecture _loaded = new ArchLoader()
        .LoadAssemblies(
            typeof(IGenerator).Assembly, typeof(Cascade).Assembly, typeof(Replay).Assembly, typeof(CommandLine).Assembly, typeof(RoomsTests).Assembly)
        .Build();

    [Fact]
    public void No_room_knows_what_it_may_not_know()
    {
        List<IType> types =
        [
            .. TypesOf(typeof(IGenerator).Assembly),
            .. TypesOf(typeof(Cascade).Assembly),
            .. TypesOf(typeof(Replay).Assembly),
            .. TypesOf(typeof(CommandLine).Assembly),
        ];

        Assert.Contains(types, type => type.FullName == typeof(IGenerator).FullName);
        Assert.Contains(types, type => type.FullName == typeof(Cascade).FullName);
        Assert.Contains(types, type => type.FullName == typeof(Replay).FullName);
        Violations.NoneIn(Rooms.FindViolations(types, "LlmCascade"));
    }

    [Fact]
    public void The_rule_reports_planted_violations_also_those_inside_lambdas_and_async_methods() => Assert.Equal(
        [
            $"{Planted}.Agreement.Ensemble knows {Planted}.Steps.Step",
            $"{Planted}.Annex.Shed is in the room Annex, about which the table says nothing",
            $"{Planted}.Deferral.Threshold knows {Planted}.Builder",
            $"{Planted}.Escalation.AsyncLoop knows {Planted}.Agreement.Ensemble",
            $"{Planted}.Escalation.ChatLoop knows Microsoft.Extensions.AI.IChatClient",
            $"{Planted}.Escalation.LambdaLoop knows {Planted}.Agreement.Ensemble",
        ],
        Rooms.FindViolations(TypesOf(typeof(RoomsTests).Assembly), Planted));

    private static IEnumerable<IType> TypesOf(System.Reflection.Assembly assembly) =>
        _loaded.Types.Where(type => type.Assembly.Name.Split(',')[0] == assembly.GetName().Name);
}
