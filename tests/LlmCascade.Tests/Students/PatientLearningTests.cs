using LlmCascade.Students;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class PatientLearningTests
{
    private static readonly string[] _two = ["good", "bad"];
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task In_the_background_a_slow_student_holds_neither_requests_nor_the_first_student_up()
    {
        using var gate = new SemaphoreSlim(0);
        FixedStudent? slow = null;
        await using var host = Host(learning => learning.Capacity = 500, labels => slow = new FixedStudent(labels, 0.5, 0.5) { Gate = gate });

        var results = await host.ClassifyAsync(Texts(200));

        // One that it is in the middle of is waited for, and no other.
        Assert.DoesNotContain(results, result => result.Failure is not null);
        gate.Release();
        await UntilAsync(() => host.Learning.Students[0].Lessons == 200);
        Assert.InRange(host.Learning.Students[1].Lessons, 0, 1);
        Assert.InRange(host.Learning.Waiting, 198, 200);

        gate.Release(200);
        await UntilAsync(() => host.Learning.Students[1].Lessons == 200);
        Assert.Equal(Texts(200), slow!.Demonstrations.Select(each => each.Text));
        Assert.Equal(0, host.Learning.Waiting);
    }

    [Fact]
    public async Task What_cannot_wait_any_more_is_learned_before_the_next_lesson()
    {
        FixedStudent? slow = null;
        await using var host = Host(learning => learning.Capacity = 3, labels => slow = new FixedStudent(labels, 0.5, 0.5));

        foreach (var text in Texts(100))
        {
            await host.ClassifyAsync([text]);
            await UntilAsync(() => host.Learning.Waiting <= 3);
        }

        await UntilAsync(() => host.Learning.Waiting == 0);
        Assert.Equal(100 - host.Learning.Dropped, slow!.Demonstrations.Count);
        Assert.Equal(host.Learning.Students[0].Lessons, slow.Demonstrations.Count);
    }

    [Fact]
    public async Task What_the_slow_student_has_not_learned_at_shutdown_is_lost_within_the_time_for_it()
    {
        using var gate = new SemaphoreSlim(0);
        var host = Host(learning => learning.DrainTimeout = TimeSpan.FromMilliseconds(50), labels => new FixedStudent(labels, 0.5, 0.5) { Gate = gate });
        await host.ClassifyAsync(Texts(50));

        await host.DisposeAsync();

        Assert.Equal(0, host.Learning.Students[1].Lessons);
    }

    [Fact]
    public async Task Until_the_first_student_can_answer_no_other_takes_time()
    {
        using var gate = new SemaphoreSlim(0);
        FixedStudent? slow = null;
        await using var host = Host(_ => { }, labels => slow = new FixedStudent(labels, 0.5, 0.5) { Gate = gate, CanPredict = false });

        for (var i = 1; i < LogisticStudent.FirstLessons; i++)
        {
            await host.ClassifyAsync([$"{(i % 2 == 0 ? "fine" : "poor")} thing {i}"]);
            await UntilAsync(() => host.Learning.Students[0].Lessons == i);
        }

        Assert.Equal(0, slow!.Lessons);
        await host.ClassifyAsync(["a fine thing"]);
        await UntilAsync(() => slow.Lessons == 1);
        gate.Release(1_000);
        await UntilAsync(() => host.Learning.Students[1].Lessons == LogisticStudent.FirstLessons);
    }

    private static OnlineHost Host(Action<LlmCascade.Learning.LearningOptions> configure, Func<LabelSpace, FixedStudent> slow) => new(
        text => LabelOf(text),
        cascade => cascade
            .Classify(_two)
            .AddStudent("words")
            .AddStudent("slow", student => student.Create = (labels, _) => slow(labels))
            .LimitExpertCalls(1_000, 1_000)
            .Learn(learning =>
            {
                learning.Background = true;
                configure(learning);
            }));

    private static string LabelOf(string text) => text.Contains("fine", StringComparison.Ordinal) ? "good" : "bad";

    private static List<string> Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $"{(i % 2 == 0 ? "fine" : "poor")} thing {i}")];

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        tooLong.CancelAfter(_longest);
        while (!isTrue())
        {
            await Task.Delay(1, tooLong.Token);
        }
    }
}
