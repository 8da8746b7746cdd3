using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class ObservationTests : StepTest
{
    [Fact]
    public async Task An_accepted_step_is_carried_out_once_and_a_suspect_one_never()
    {
        List<string> carriedOut = [];

        var worked = await WorkAsync(Writer("look up a", "?", "look up wrong", "Answer: 3"), Writer("?", "?", "look up b"), steps => steps.Observe = (trajectory, _) =>
        {
            carriedOut.Add(trajectory.Steps[^1].Text);
            return new(carriedOut.Count == 1 ? "7" : null);
        });

        Assert.Equal(["look up a", "look up b"], carriedOut);
        Assert.Equal("look up a\nObservation: 7\nlook up b\nAnswer: 3", worked.Response.Text);
        Assert.Equal(["7", null, null], worked.Trajectory.Steps.Select(step => step.Observation));
    }

    [Fact]
    public async Task The_next_step_is_written_with_what_was_observed()
    {
        var local = Writer("look up a", "?", "Answer: 7");

        await WorkAsync(local, Writer("?"), steps => steps.Observe = (_, _) => new("7"));

        Assert.Equal("look up a\nObservation: 7", local.Calls[1].Messages[1].Text);
    }

    [Fact]
    public async Task What_carrying_out_throws_fails_the_request() =>
        await Assert.ThrowsAsync<CascadeException>(() => WorkAsync(Writer("look up a"), Writer("?"), steps => steps.Observe = (_, _) => throw new InvalidOperationException("no such list")));

    [Fact]
    public async Task A_step_is_shown_before_it_is_carried_out()
    {
        var worked = await WorkAsync(Writer("look up a", "?", "Answer: 7"), Writer("?"), steps => steps.Observe = (_, _) => new("7"), isStreaming: true);

        Assert.Equal(["look up a", "\nObservation: 7", "\nAnswer: 7"], worked.Shown);
    }

    [Fact]
    public async Task Carrying_out_that_ignores_its_token_is_left_behind_when_the_time_is_up()
    {
        var never = new TaskCompletionSource<string?>();

        var worked = await WorkAsync(Writer("look up a"), Writer("?"), steps =>
        {
            steps.Observe = (_, _) => new(never.Task);
            steps.TimeLimit = TimeSpan.FromMilliseconds(100);
        });

        Assert.Equal(("look up a", TrajectoryEnd.TimeLimit), (worked.Response.Text, worked.Trajectory.End));
    }
}
