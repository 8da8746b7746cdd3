using System.Globalization;
using LlmCascade.Agreement;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class EnsembleStressTests : AgreementTest
{
    [Fact]
    public async Task Whatever_members_do_at_once_every_request_ends_with_an_answer_and_an_account_of_each()
    {
        var clients = Enumerable.Range(0, 4).Select(member => new ScriptedChatClient(call => Reply(member, int.Parse(call.Messages[^1].Text, CultureInfo.InvariantCulture)))).ToArray();
        var members = clients.Select((client, i) => new EnsembleMember($"m{i}", new ChatClientGenerator(client)) { Timeout = TimeSpan.FromMilliseconds(50), Prices = new Prices(perCall: 1) });
        var recorder = new EpisodeRecorder();
        var cascade = new Cascade(
            [new Tier("ensemble", new EnsembleGenerator(members, Exact()), DeferralPolicy.FirstDecisive(AgreementPolicy.Instance, new ThresholdPolicy(0.6)))],
            Cascades.Expert("expert"),
            new() { OnEpisode = recorder.Record, GraceTime = TimeSpan.FromMilliseconds(50), RestAfterFailures = int.MaxValue });

        var asked = Enumerable.Range(0, 300).Select(async i =>
        {
            using var stop = new CancellationTokenSource();
            if (i % 10 == 0)
            {
                stop.CancelAfter(TimeSpan.FromMilliseconds(i % 7));
            }

            try
            {
                return (await cascade.RunAsync(new GenerationRequest($"{i}"), cancellationToken: stop.Token)).Episode.Answer!.Response.Text;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return "cancelled";
            }
        });

        var answers = await Task.WhenAll(asked);
        Assert.All(answers, answer => Assert.Contains(answer, (string[])["same", "expert", "cancelled"]));
        Assert.Contains("same", answers);
        Assert.Contains("expert", answers);
        Assert.Equal(300, recorder.Episodes.Count);
        foreach (var episode in recorder.Episodes.Where(episode => episode.Answer is not null))
        {
            var attempt = EnsembleOf(episode);
            Assert.Equal(["m0", "m1", "m2", "m3"], attempt.Children.Select(child => child.Name));
            Assert.All(attempt.Children, child => Assert.NotEqual("", child.Verdict.Reason));
            Assert.InRange(attempt.Total().Cost, 0, 4);
        }

        Assert.All(clients, client => Assert.Equal(0, client.ActiveCalls));
    }

    // Each request has its own mixture of answers that agree, differ, fail, hang and come late.
    private static ScriptedReply Reply(int member, int request) => (((request * 7) + (member * 13)) % 11) switch
    {
        0 => ScriptedReply.Throws(new HttpRequestException("down")),
        1 => new ScriptedReply("late") { NeverEnds = true },
        2 => new ScriptedReply($"other {member}"),
        3 => "",
        4 => new ScriptedReply("same") { Delay = TimeSpan.FromMilliseconds(5) },
        _ => "same",
    };
}
