using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Abstractions;

public sealed class AttemptTests
{
    private static readonly Gen<long?> _tokens = Gen.Long[0, 1000].Nullable();

    private static readonly Gen<Attempt> _attempt = Gen.Select(
        _tokens,
        _tokens,
        Gen.Int[0, 500].Select(cents => cents / 100m).Nullable(),
        Gen.OneOfConst(UsageState.None, UsageState.Reported, UsageState.Partial, UsageState.Unknown),
        Gen.Bool).Select((input, output, cost, state, isCostComplete) => new Attempt("node", AttemptRole.Member)
        {
            Usage = input is null && output is null ? null : Usage(input, output),
            UsageState = state,
            Cost = cost,
            IsCostComplete = isCostComplete,
        });

    [Fact]
    public void An_attempt_that_called_nobody_cost_nothing_and_nothing_is_missing()
    {
        var total = new Attempt("root", AttemptRole.Cascade).Total();

        Assert.Equal((0m, true, true), (total.Cost, total.IsCostComplete, total.IsUsageComplete));
        Assert.Null(total.Usage.InputTokenCount);
    }

    [Fact]
    public void Totals_hold_the_attempt_itself_its_children_and_their_children()
    {
        var root = Paid(1, 10) with { Children = [Paid(2, 20) with { Children = [Paid(4, 40)] }, Paid(8, 80)] };

        var total = root.Total();

        Assert.Equal(15, total.Cost);
        Assert.Equal(150, total.Usage.InputTokenCount);
        Assert.True(total.IsCostComplete);
        Assert.True(total.IsUsageComplete);
    }

    [Theory]
    [InlineData(UsageState.None, true)]
    [InlineData(UsageState.Reported, true)]
    [InlineData(UsageState.Partial, false)]
    [InlineData(UsageState.Unknown, false)]
    public void Usage_is_complete_when_no_attempt_deep_inside_lacks_any(UsageState state, bool isComplete)
    {
        var root = Paid(1, 10) with { Children = [Paid(1, 10) with { Children = [Paid(1, 10) with { UsageState = state }] }, Paid(1, 10)] };

        Assert.Equal(isComplete, root.Total().IsUsageComplete);
        Assert.True(root.Total().IsCostComplete);
    }

    [Fact]
    public void An_unknown_cost_deep_inside_leaves_a_lower_bound_that_says_so()
    {
        var unknown = new Attempt("deep", AttemptRole.Judge) { IsCostComplete = false };

        var total = (Paid(1, 10) with { Children = [Paid(2, 20) with { Children = [unknown] }] }).Total();

        Assert.Equal((3m, false, true), (total.Cost, total.IsCostComplete, total.IsUsageComplete));
    }

    [Fact]
    public void Totals_are_new_objects_and_leave_the_attempts_as_they_were()
    {
        var root = Paid(1, 10) with { Children = [Paid(2, 20)] };

        root.Total().Usage.InputTokenCount = 999;

        Assert.Equal(30, root.Total().Usage.InputTokenCount);
        Assert.Equal(10, root.Usage?.InputTokenCount);
    }

    [Fact]
    public void The_totals_of_every_tree_are_the_sums_over_its_nodes() =>
        Gen.Select(_attempt, Gen.Int[0, int.MaxValue]).Array[1, 30].Sample(nodes =>
        {
            var all = nodes.Select(node => node.Item1).ToArray();
            var total = Tree(nodes, 0).Total();

            Assert.Equal(all.Sum(node => node.Cost ?? 0), total.Cost);
            Assert.Equal(all.Sum(node => node.Usage?.InputTokenCount ?? 0), total.Usage.InputTokenCount ?? 0);
            Assert.Equal(all.Sum(node => node.Usage?.OutputTokenCount ?? 0), total.Usage.OutputTokenCount ?? 0);
            Assert.Equal(all.All(node => node.IsCostComplete), total.IsCostComplete);
            Assert.Equal(
                !all.Any(node => node.UsageState is UsageState.Partial or UsageState.Unknown), total.IsUsageComplete);
        });

    // Every node but the root hangs below one of the nodes before it, of which its number picks one.
    private static Attempt Tree((Attempt Node, int Number)[] nodes, int index) => nodes[index].Node with
    {
        Children =
        [
            .. Enumerable.Range(0, nodes.Length)
                .Where(child => child > index && nodes[child].Number % child == index)
                .Select(child => Tree(nodes, child)),
        ],
    };

    private static Attempt Paid(decimal cost, long inputTokens) => new("node", AttemptRole.Member)
    {
        Cost = cost,
        Usage = Usage(inputTokens, 1),
        UsageState = UsageState.Reported,
    };

    private static UsageDetails Usage(long? input, long? output) =>
        new() { InputTokenCount = input, OutputTokenCount = output };
}
