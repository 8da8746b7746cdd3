using LlmCascade.Calibration;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Students;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class OnlineCascadeTests
{
    private static readonly string[] _two = ["good", "bad"];

    [Fact]
    public async Task A_student_learns_from_the_expert_and_takes_over_within_the_budget()
    {
        var texts = Make(1200, new MadeUpTexts(1, _two));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(300, 1200));

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        Assert.Equal(300, results.Count(result => result.IsFromExpert));
        Assert.Equal(300, host.Expert.Calls.Count);
        Assert.Equal(300, host.Learning.Budget!.Spent);
        Assert.All(results.Take(90), result => Assert.True(result.IsFromExpert));
        Assert.InRange(Accuracy(results, texts, 900, 1200), 0.95, 1);
        Assert.Equal(300, Assert.Single(host.Learning.Students).Lessons);
    }

    [Fact]
    public async Task A_student_whose_answer_a_later_one_builds_upon_is_asked_once_for_a_request()
    {
        var texts = Make(200, new MadeUpTexts(1, _two));
        FixedStudent? first = null;
        await using var host = new OnlineHost(
            text => texts.First(each => each.Text == text).Label,
            cascade => cascade
                .Classify(_two)
                .AddStudent("first", student => student.Create = (labels, _) => first = new FixedStudent(labels, 0.6, 0.4))
                .AddStudent("second")
                .LimitExpertCalls(50, 200));
        await host.ClassifyAsync(texts.Take(150).Select(each => each.Text));
        var (asked, learned) = (first!.Predictions, first.Demonstrations.Count);

        var results = await host.ClassifyAsync(texts.Skip(150).Select(each => each.Text));

        // Once more for each lesson, before it is learned.
        Assert.Equal(50 + first.Demonstrations.Count - learned, first.Predictions - asked);
        Assert.True(results.Exists(result => result.AnsweredBy == "second"));
    }

    [Fact]
    public async Task More_than_two_labels_one_of_them_rare_and_one_of_them_late_are_learned()
    {
        var source = new MadeUpTexts(2, "red", "green", "blue", "rare");
        var texts = Enumerable.Range(0, 1500)
            .Select(i => i < 500 ? source.Next(5, 5, 0, 0.4) : source.Next(5, 5, 5, 0.4)).ToList();
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(500, 1500), source.Labels);

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        foreach (var label in source.Labels)
        {
            var late = Enumerable.Range(1000, 500).Where(i => texts[i].Label == label).ToList();
            Assert.InRange(late.Count(i => results[i].Label == label) / (double)late.Count, 0.6, 1);
        }
    }

    [Fact]
    public async Task Two_runs_with_one_seed_are_equal_and_another_seed_draws_other_audits()
    {
        var texts = Make(600, new MadeUpTexts(3, _two));

        var one = await RunAsync(seed: 7);

        Assert.Equal(one, await RunAsync(seed: 7));
        Assert.NotEqual(one, await RunAsync(seed: 8));

        async Task<List<string>> RunAsync(ulong seed)
        {
            await using var host = Host(texts, cascade => cascade
                .LimitExpertCalls(200, 600)
                .Configure(options => options.Seed = seed));
            return [.. (await host.ClassifyAsync(texts.Select(each => each.Text))).Select(
                result => $"{result} {result.Confidence.HasValue} {result.Labels?.Probabilities[0]:R}")];
        }
    }

    [Fact]
    public async Task An_unparsed_expert_costs_a_call_and_teaches_nothing()
    {
        var texts = Make(400, new MadeUpTexts(4, _two));
        var asked = 0;
        await using var host = new OnlineHost(
            text => ++asked % 3 == 0 ? "I would rather not say." : texts.First(each => each.Text == text).Label,
            cascade => cascade.Classify(_two).AddStudent("lr").LimitExpertCalls(200, 400));

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        var unparsed = results.Where(result => result.Label is null).ToList();
        Assert.Equal(66, unparsed.Count);
        Assert.All(unparsed, result => Assert.Equal("I would rather not say.", result.Reply));
        Assert.Equal(200, host.Learning.Budget!.Spent);
        Assert.Equal(134, host.Learning.Students[0].Lessons);
    }

    [Fact]
    public async Task A_failing_expert_costs_calls_and_the_stream_goes_on()
    {
        var texts = Make(400, new MadeUpTexts(5, _two));
        var asked = 0;
        await using var host = new OnlineHost(
            text => ++asked % 4 == 0 ? ScriptedReply.Throws(new HttpRequestException("down")) : texts.First(each => each.Text == text).Label,
            cascade => cascade.Classify(_two).AddStudent("lr").LimitExpertCalls(200, 400));

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        Assert.Equal(400, results.Count);
        Assert.Equal(50, results.Count(result => result.Failure is not null));
        Assert.Equal(200, host.Learning.Budget!.Spent);
        Assert.Equal(150, host.Learning.Students[0].Lessons);
    }

    [Fact]
    public async Task Keeps_are_audited_with_the_probability_on_record()
    {
        var texts = Make(1500, new MadeUpTexts(6, _two));
        List<Lesson> lessons = [];
        await using var host = Host(texts, cascade => cascade
            .LimitExpertCalls(700, 1500)
            .AddLearner(new ScriptedLearner(lessons.Add)), audit: 0.1);

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        var audits = lessons.Where(lesson => lesson.Source == TruthSource.Audit).ToList();
        Assert.InRange(audits.Count, 20, 150);
        Assert.All(audits, lesson => Assert.Equal(0.1, lesson.Propensity));
        Assert.Equal(audits.Count, results.Count(result => result.Episode!.Root.Children[0].Verdict.Reason == DeferralReasons.Audited));
        Assert.All(lessons.Except(audits), lesson => Assert.Equal(1, lesson.Propensity));
    }

    [Fact]
    public async Task Frozen_learning_changes_no_student_and_the_budget_holds_all_the_same()
    {
        var texts = Make(600, new MadeUpTexts(7, _two));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(300, 600));
        await host.ClassifyAsync(texts.Take(200).Select(each => each.Text));
        var before = host.Learning.Students[0];

        host.Classifier.Cascade.Mode = CascadeMode.FreezeLearning;
        await host.ClassifyAsync(texts.Skip(200).Select(each => each.Text));

        Assert.Equal(before, host.Learning.Students[0]);
        Assert.Equal(300, host.Learning.Budget!.Spent);
    }

    [Theory]
    [InlineData(CascadeMode.ExpertOnly)]
    [InlineData(CascadeMode.Shadow)]
    public async Task A_spent_budget_holds_in_the_modes_of_the_expert_and_the_student_answers(CascadeMode mode)
    {
        var texts = Make(300, new MadeUpTexts(8, _two));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(150, 300));
        host.Classifier.Cascade.Mode = mode;

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        Assert.All(results.Take(150), result => Assert.True(result.IsFromExpert));
        Assert.All(results.Skip(150), result => Assert.Equal("lr", result.AnsweredBy));
        Assert.Equal(150, host.Expert.Calls.Count);
    }

    [Fact]
    public async Task Labels_that_flip_are_noticed_and_learned_anew()
    {
        var texts = Make(3000, new MadeUpTexts(9, _two));
        var truth = texts.Select((each, i) => (each.Text, Label: i < 1500 ? each.Label : _two[1 - Array.IndexOf(_two, each.Label)])).ToList();
        await using var host = Host(truth, cascade => cascade.LimitExpertCalls(900, 3000));

        var results = await host.ClassifyAsync(truth.Select(each => each.Text));

        var before = results.Skip(1200).Take(300).Count(result => result.IsFromExpert);
        var after = results.Skip(1500).Take(300).Count(result => result.IsFromExpert);
        Assert.True(after > before, $"{before} calls of 300 before the labels flipped, {after} after.");
        Assert.InRange(Accuracy(results, truth, 1200, 1500), 0.9, 1);
        Assert.InRange(Accuracy(results, truth, 2400, 3000), 0.9, 1);
        Assert.Equal(900, host.Learning.Budget!.Spent);
    }

    [Fact]
    public async Task Truth_that_the_host_reports_later_teaches_the_student()
    {
        var texts = Make(300, new MadeUpTexts(10, _two));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(100, 300));
        var results = await host.ClassifyAsync(texts.Select(each => each.Text));
        var kept = results.Last(result => !result.IsFromExpert);

        Assert.Equal(FeedbackOutcome.Accepted, await host.Learning.ReportLabelAsync(kept.Episode!.Id, "good"));
        Assert.Equal(FeedbackOutcome.AlreadyReported, await host.Learning.ReportLabelAsync(kept.Episode!.Id, "good"));

        Assert.Equal(101, host.Learning.Students[0].Lessons);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Truth_about_what_the_expert_answered_corrects_the_student_and_says_nothing_about_agreeing_with_the_expert(bool isContrary)
    {
        var texts = Make(150, new MadeUpTexts(12, _two));
        var student = new FixedStudent(new LabelSpace(_two), 0.6, 0.4);
        await using var host = Host(texts, cascade => cascade
            .AddStudent("fixed", options => options.Create = (_, _) => student)
            .LimitExpertCalls(150, 150));
        var results = await host.ClassifyAsync(texts.Select(each => each.Text));
        var before = host.Learning.Students.Select(each => each.Agreement).ToList();
        var taught = student.Demonstrations.Count;

        foreach (var result in results)
        {
            await host.Learning.ReportAsync(
                result.Episode!.Id, Truth(isContrary ? _two.First(label => label != result.Label) : result.Label!, host), TruthSource.Host);
        }

        Assert.Equal(before, host.Learning.Students.Select(each => each.Agreement));
        Assert.All(student.Demonstrations, each => Assert.Equal(student.Demonstrations.IndexOf(each) >= taught, each.IsCorrection));
        Assert.Equal(300, student.Demonstrations.Count);
        var said = await host.Classifier.ClassifyAsync(texts[0].Text);
        Assert.Equal(isContrary, said.Label != texts[0].Label);
    }

    [Fact]
    public async Task Truth_that_is_reported_raises_no_false_alarm()
    {
        var random = new SplitMix(1);
        var texts = Make(600, new MadeUpTexts(13, _two)).ConvertAll(each => (each.Text, Label: _two[random.Below(2)]));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(600, 600));
        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        foreach (var result in results)
        {
            await host.Learning.ReportAsync(result.Episode!.Id, Truth(result.Label!, host), TruthSource.Host);
        }

        Assert.InRange(host.Learning.Students[0].Agreement!.Value, 0.3, 0.7);
    }

    [Fact]
    public void A_student_of_other_labels_or_none_is_refused_when_the_cascade_is_made()
    {
        Assert.Contains("red, green", Refusal((_, _) => new FixedStudent(new LabelSpace("red", "green"), 0.5, 0.5)), StringComparison.Ordinal);
        Assert.Contains("bad, good", Refusal((_, _) => new FixedStudent(new LabelSpace("bad", "good"), 0.5, 0.5)), StringComparison.Ordinal);
        Assert.Contains("'odd' made none", Refusal((_, _) => null!), StringComparison.Ordinal);

        static string Refusal(Func<LabelSpace, ulong, IStudent> create) => Assert.Throws<InvalidOperationException>(() => _ = new OnlineHost(
            _ => "good",
            cascade => cascade.Classify(_two).AddStudent("odd", student => student.Create = create).LimitExpertShare(0.1))).Message;
    }

    [Fact]
    public async Task Balance_makes_a_student_name_a_rare_label_more_often()
    {
        var source = new MadeUpTexts(15, _two);
        var texts = Enumerable.Range(0, 800).Select(_ => source.Next(20, 1)).ToList();

        Assert.True(await CountRareAsync(balance: 1) > await CountRareAsync(balance: 0));

        async Task<int> CountRareAsync(double balance)
        {
            await using var host = new OnlineHost(text => texts.First(each => each.Text == text).Label, cascade => cascade
                .Classify(_two).AddStudent("lr", student => student.Balance = balance).LimitExpertCalls(100, 800));
            return (await host.ClassifyAsync(texts.Select(each => each.Text))).Skip(100).Count(result => result.Label == "bad" && !result.IsFromExpert);
        }
    }

    [Fact]
    public async Task A_budget_smaller_than_the_warm_up_keeps_calls_for_later()
    {
        var texts = Make(400, new MadeUpTexts(16, _two));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(60, 400));

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        Assert.Equal(60, results.Count(result => result.IsFromExpert));
        Assert.InRange(results.Skip(200).Count(result => result.IsFromExpert), 10, 40);
    }

    [Fact]
    public async Task A_student_that_the_cascade_has_made_is_disposed_with_it_after_it_was_saved()
    {
        var student = new FixedStudent(new LabelSpace(_two), 0.6, 0.4);
        await using (var host = Host(Make(10, new MadeUpTexts(17, _two)), cascade => cascade
            .AddStudent("fixed", options => options.Create = (_, _) => student).LimitExpertCalls(10, 10)))
        {
            Assert.Equal(0, student.Disposals);
        }

        Assert.Equal(1, student.Disposals);
    }

    [Fact]
    public async Task A_share_without_a_warm_up_still_lets_the_student_begin()
    {
        var texts = Make(100, new MadeUpTexts(14, _two));
        await using var host = new OnlineHost(
            text => texts.First(each => each.Text == text).Label,
            cascade => cascade.Classify(_two).AddStudent("lr", student => student.WarmUp = 0).LimitExpertShare(0.1));

        var results = await host.ClassifyAsync(texts.Select(each => each.Text));

        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.Equal(8, results.TakeWhile(result => result.IsFromExpert).Count());
    }

    [Fact]
    public async Task A_truth_without_a_label_is_refused_where_only_students_learn()
    {
        var texts = Make(3, new MadeUpTexts(10, _two));
        var truth = new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "good")));
        List<Lesson> lessons = [];
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(9, 9));
        await using var other = Host(texts, cascade => cascade.LimitExpertCalls(9, 9).AddLearner(new ScriptedLearner(lessons.Add)));
        var (id, otherId) = (await IdAsync(host), await IdAsync(other));

        var refusal = await Assert.ThrowsAsync<ArgumentException>("truth", async () => await host.Learning.ReportAsync(id, truth, TruthSource.Host));

        Assert.Contains("has none", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, host.Learning.Learned);
        Assert.Equal(FeedbackOutcome.Accepted, await host.Learning.ReportLabelAsync(id, "good"));
        Assert.Equal(FeedbackOutcome.Accepted, await other.Learning.ReportAsync(otherId, truth, TruthSource.Host));
        Assert.Equal(2, lessons.Count);

        async Task<string> IdAsync(OnlineHost asked) => (await asked.Classifier.ClassifyAsync(texts[0].Text)).Episode!.Id;
    }

    [Fact]
    public async Task A_request_for_other_labels_or_for_none_passes_the_student_by()
    {
        var texts = Make(300, new MadeUpTexts(11, _two));
        await using var host = Host(texts, cascade => cascade.LimitExpertCalls(400, 500));
        await host.ClassifyAsync(texts.Select(each => each.Text));

        var (_, episode) = await host.Classifier.Cascade.RunAsync(new GenerationRequest(texts[0].Text));

        Assert.Equal(["lr: other-labels", "expert: expert"], episode.Root.Children.Select(each => $"{each.Name}: {each.Verdict.Reason}"));
    }

    [Fact]
    public void What_is_missing_or_wrong_is_said_with_the_way_out()
    {
        Assert.Contains(".Classify(", Mistake(cascade => cascade.AddStudent("lr").LimitExpertCalls(1, 2)), StringComparison.Ordinal);
        Assert.Contains(".LimitExpertCalls(", Mistake(cascade => cascade.Classify(_two).AddStudent("lr")), StringComparison.Ordinal);
        Assert.Contains("WarmUp of -1", Mistake(cascade => cascade.Classify(_two).AddStudent("lr", student => student.WarmUp = -1)), StringComparison.Ordinal);
        Assert.Contains("AuditShare of 1", Mistake(cascade => cascade.Classify(_two).AddStudent("lr", student => student.AuditShare = 1)), StringComparison.Ordinal);
        Assert.Contains("Balance of 2", Mistake(cascade => cascade.Classify(_two).AddStudent("lr", student => student.Balance = 2)), StringComparison.Ordinal);
        Assert.Contains("Capacity", Mistake(cascade => cascade.Classify(_two).AddStudent("lr").LimitExpertShare(0.1).Learn(learning => learning.Capacity = 0)), StringComparison.Ordinal);
        Assert.Contains("allows 0 calls", Mistake(cascade => cascade.Classify(_two).AddStudent("lr").LimitExpertShare(0.1, burst: 0)), StringComparison.Ordinal);
        Assert.Contains("allows 7 calls", Mistake(cascade => cascade.Classify(_two).AddStudent("lr").LimitExpertCalls(7, 100)), StringComparison.Ordinal);
        Assert.Contains("nothing to save", Mistake(cascade => cascade.AddTier("a", tier => tier.UseGenerator(new ScriptedGenerator("x")).KeepWhenValid()).SaveLearningTo("x")), StringComparison.Ordinal);

        static string Mistake(Action<CascadeBuilder> configure) =>
            Assert.ThrowsAny<OptionsValidationException>(() => _ = new OnlineHost(_ => "good", configure)).Message;
    }

    internal static List<(string Text, string Label)> Make(int count, MadeUpTexts source) =>
        [.. Enumerable.Range(0, count).Select(_ => source.Next())];

    internal static OnlineHost Host(
        List<(string Text, string Label)> texts, Action<CascadeBuilder> configure, string[]? labels = null, double audit = 0.01)
    {
        var truth = texts.ToLookup(each => each.Text, each => each.Label);
        return new OnlineHost(text => truth[text].First(), cascade =>
        {
            cascade.Classify(labels ?? _two).AddStudent("lr", student => student.AuditShare = audit);
            configure(cascade);
        });
    }

    private static Generation Truth(string label, OnlineHost host) => new(new ChatResponse(new ChatMessage(ChatRole.Assistant, label)))
    {
        Labels = LabelDistribution.Certain(host.Classifier.Prompt.Labels, label),
    };

    private static double Accuracy(List<Classification> results, List<(string Text, string Label)> truth, int start, int end) =>
        Enumerable.Range(start, end - start).Count(i => results[i].Label == truth[i].Label) / (double)(end - start);
}
