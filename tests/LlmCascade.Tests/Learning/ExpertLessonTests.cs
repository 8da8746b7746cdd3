using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Learning;

public sealed class ExpertLessonTests
{
    [Fact]
    public async Task The_experts_answer_is_the_truth()
    {
        var (answer, episode) = await new Cascade([Tier("small", "Lyon", DeferAll)], Expert("Paris")).RunAsync(Question);

        var lesson = ExpertLesson.Of(episode)!;

        Assert.Same(episode, lesson.Episode);
        Assert.Same(answer, lesson.Truth);
        Assert.Equal((TruthSource.Expert, 1), (lesson.Source, lesson.Propensity));
    }

    [Fact]
    public async Task An_answer_that_a_tier_keeps_teaches_nothing() =>
        Assert.Null(await LearnAsync(new Cascade([Tier("small", "Lyon")], Expert("Paris"))));

    [Fact]
    public async Task An_answer_that_the_expert_does_not_vouch_for_teaches_nothing() =>
        Assert.Null(await LearnAsync(new Cascade([], new Expert(new ScriptedGenerator("Paris?")) { Policy = DeferAll })));

    [Fact]
    public async Task An_expert_that_fails_teaches_nothing()
    {
        Episode? episode = null;
        var cascade = new Cascade(
            [], Expert(ScriptedReply.Throws(new IOException("down"))), new CascadeSettings { OnEpisode = each => episode = each });

        await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));

        Assert.Null(ExpertLesson.Of(episode!));
    }

    [Fact]
    public async Task A_request_may_forbid_learning()
    {
        var cascade = new Cascade([], Expert("Paris"));

        Assert.Null(await LearnAsync(cascade, new CascadeRequestOptions { NoLearning = true }));
        Assert.NotNull(await LearnAsync(cascade, new CascadeRequestOptions { ForceExpert = true }));
    }

    [Theory]
    [InlineData(CascadeMode.Normal, true)]
    [InlineData(CascadeMode.ExpertOnly, true)]
    [InlineData(CascadeMode.FreezeLearning, false)]
    [InlineData(CascadeMode.Shadow, true)]
    public async Task The_mode_may_forbid_learning(CascadeMode mode, bool learns) => Assert.Equal(
        learns,
        await LearnAsync(new Cascade([Tier("small", "Lyon", DeferAll)], Expert("Paris"), new CascadeSettings { Mode = mode })) is not null);

    [Fact]
    public async Task An_inner_expert_teaches_its_own_cascade_alone()
    {
        Episode? part = null;
        var inner = new Cascade([], Expert("Paris"), new CascadeSettings { OnEpisode = episode => part = episode });
        var (_, whole) = await new Cascade([new Tier("inner", inner, DeferAll)], Expert("y")).RunAsync(Question);

        Assert.Null(ExpertLesson.Of(whole));
        Assert.Equal("Paris", ExpertLesson.Of(part!)!.Truth.Response.Text);
    }

    [Fact]
    public async Task What_was_explored_is_an_audit_with_its_probability_and_what_was_deferred_is_none()
    {
        var explores = new ExplorationPolicy(DeferralPolicy.KeepWhen((answer, _) => true, "kept"), 0.25);
        var cascade = new Cascade([Tier("small", "Lyon", explores)], Expert("Paris"));
        List<Lesson?> lessons = [];
        for (var i = 0; i < 100; i++)
        {
            lessons.Add(await LearnAsync(cascade));
        }

        Assert.Equal([null, (TruthSource.Audit, 0.25)], lessons.Select(Key).Distinct().Order());
        Assert.Equal(
            (TruthSource.Expert, 1),
            Key(await LearnAsync(new Cascade([Tier("small", "Lyon", new ExplorationPolicy(DeferAll, 0.25))], Expert("Paris")))));
    }

    [Fact]
    public async Task Every_draw_on_the_way_to_the_expert_counts()
    {
        var drawn = DeferralPolicy.Create((_, _) => Verdict.Defer("drawn") with { Probability = 0.5 });
        var explored = DeferralPolicy.Create((_, _) => Verdict.DeferToExpert("explored") with { Probability = 0.25 });

        var lesson = await LearnAsync(new Cascade(
            [Tier("a", "x", drawn), Tier("b", "x", DeferAll), Tier("c", "x", explored), Tier("d", "x")], Expert("Paris")));

        Assert.Equal((TruthSource.Audit, 0.125), Key(lesson));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public async Task A_number_that_is_no_probability_or_leaves_no_choice_says_nothing(double probability)
    {
        var odd = DeferralPolicy.Create((_, _) => Verdict.Defer("odd") with { Probability = probability });

        Assert.Equal(
            (TruthSource.Expert, 1), Key(await LearnAsync(new Cascade([Tier("small", "Lyon", odd)], Expert("Paris")))));
    }

    private static (TruthSource, double)? Key(Lesson? lesson) => lesson is null ? null : (lesson.Source, lesson.Propensity);

    private static async Task<Lesson?> LearnAsync(Cascade cascade, CascadeRequestOptions? options = null) =>
        ExpertLesson.Of((await cascade.RunAsync(Question, options)).Episode);
}
