using CsCheck;
using LlmCascade.Learning;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Learning;

public sealed class RecentEpisodesTests
{
    private static readonly TimeSpan _expiry = TimeSpan.FromSeconds(10);

    private enum Act
    {
        Keep,
        Take,
        FindNoRoom,
        Wait,
    }

    [Fact]
    public void Whatever_happens_it_remembers_what_a_plain_list_would()
    {
        var acts = Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 5]).Array[0, 60];
        Gen.Select(acts, Gen.Int[0, 4]).Sample((script, capacity) =>
        {
            var time = new FakeTimeProvider();
            var recent = new RecentEpisodes(capacity, _expiry, time);
            List<(string Id, DateTimeOffset Since, bool IsReported)> list = [];
            foreach (var (act, number) in script)
            {
                var id = $"{number}";
                list.RemoveAll(each => time.GetUtcNow() - each.Since >= _expiry);
                var index = list.FindIndex(each => each.Id == id);
                switch (act)
                {
                    case Act.Wait:
                        time.Advance(TimeSpan.FromSeconds(number));
                        break;
                    case Act.Keep:
                        recent.Keep(Episode(id));
                        if (index < 0)
                        {
                            list.Add((id, time.GetUtcNow(), false));
                            list.RemoveRange(0, Math.Max(0, list.Count - capacity));
                        }

                        break;
                    default:
                        var expected = index < 0 ? FeedbackOutcome.Unknown
                            : list[index].IsReported ? FeedbackOutcome.AlreadyReported : FeedbackOutcome.Accepted;
                        string? taken = null;
                        var outcome = recent.Take(id, episode =>
                        {
                            taken = episode.Id;
                            return act == Act.Take;
                        });
                        Assert.Equal(expected == FeedbackOutcome.Accepted ? id : null, taken);
                        if (act == Act.FindNoRoom && taken is not null)
                        {
                            Assert.Equal(FeedbackOutcome.Dropped, outcome);
                            break;
                        }

                        Assert.Equal(expected, outcome);
                        if (index >= 0)
                        {
                            list[index] = list[index] with { IsReported = true };
                        }

                        break;
                }

                list.RemoveAll(each => time.GetUtcNow() - each.Since >= _expiry);
                Assert.Equal(list.Count, recent.Count);
            }
        });
    }

    [Fact]
    public void Of_several_parts_of_one_episode_the_last_counts()
    {
        var recent = new RecentEpisodes(1, _expiry, new FakeTimeProvider());
        Episode first = Episode("a"), second = Episode("a");
        recent.Keep(first);
        recent.Keep(second);

        Episode? taken = null;
        recent.Take("a", episode => (taken = episode) is not null);

        Assert.Same(second, taken);
        Assert.Equal(1, recent.Count);
    }

    [Fact]
    public async Task While_it_is_open_whether_there_is_room_for_a_truth_nobody_hears_that_it_was_reported()
    {
        var recent = new RecentEpisodes(1, _expiry, new FakeTimeProvider());
        recent.Keep(Episode("a"));
        Task<FeedbackOutcome>? second = null;
        using var begun = new ManualResetEventSlim();

        var first = recent.Take("a", _ =>
        {
            second = Task.Run(() =>
            {
                begun.Set();
                return recent.Take("a", _ => true);
            });
            begun.Wait();
            return false;
        });

        Assert.Equal((FeedbackOutcome.Dropped, FeedbackOutcome.Accepted), (first, await second!));
    }

    private static Episode Episode(string id) => new(id, null, Question, null, new Attempt("cascade", AttemptRole.Cascade));
}
