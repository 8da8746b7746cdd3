using System.Globalization;
using System.Runtime.CompilerServices;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

public sealed class ClassifierStreamTests
{
    private static readonly LabelPrompt _mood = new(new LabelSpace("positive", "negative"));

    private readonly Gates _gates = new(seed: 7);
    private int _read;
    private int _active;
    private int _mostActive;
    private int _sourcesClosed;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(50)]
    public async Task Results_come_in_the_order_of_their_texts_and_no_more_are_under_way_than_may_be(int concurrency)
    {
        var classifier = Classifier(GatedExpert());
        List<string> texts = [];

        await _gates.OpenUntilAsync(Task.Run(async () =>
        {
            await foreach (var result in classifier.ClassifyStreamAsync(Texts(30), concurrency, cancellationToken: TestToken))
            {
                texts.Add(result.Episode!.Request.Query);
            }
        }));

        Assert.Equal(Enumerable.Range(0, 30).Select(Text), texts);
        Assert.InRange(_mostActive, 1, concurrency);
        Assert.Equal(1, _sourcesClosed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_texts_are_read_than_are_being_worked_on(int concurrency)
    {
        await using var results = Classifier(Expert("positive"))
            .ClassifyStreamAsync(Texts(100), concurrency, cancellationToken: TestToken).GetAsyncEnumerator(TestToken);
        Assert.Equal(0, _read);

        for (var n = 0; n < 10; n++)
        {
            Assert.True(await results.MoveNextAsync());
            Assert.InRange(_read, n + 1, n + concurrency);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_result_does_not_wait_for_the_next_text(int concurrency)
    {
        await using var results = Classifier(Expert("positive"))
            .ClassifyStreamAsync(OneAndThenSilence(TestToken), concurrency).GetAsyncEnumerator(TestToken);

        Assert.True(await results.MoveNextAsync());
        Assert.Equal("only", results.Current.Episode!.Request.Query);
    }

    [Fact]
    public async Task Whoever_stops_reading_cancels_what_is_under_way_and_closes_the_source()
    {
        var areAllUnderWay = new TaskCompletionSource();
        var classifier = Classifier(new Expert(new FunctionGenerator(async (request, token) =>
        {
            if (Enter() == 4)
            {
                areAllUnderWay.SetResult();
            }

            try
            {
                await (request.Query == Text(0) ? areAllUnderWay.Task : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
                return Named("positive");
            }
            finally
            {
                Interlocked.Decrement(ref _active);
            }
        })));

        await foreach (var result in classifier.ClassifyStreamAsync(Texts(100), concurrency: 4, cancellationToken: TestToken))
        {
            Assert.Equal("positive", result.Label);
            Assert.Equal(3, _active);
            break;
        }

        Assert.Equal((0, 4, 1), (_active, _read, _sourcesClosed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_stream_ends_with_all_that_is_under_way(bool isTokenOfTheCall)
    {
        using var stop = new CancellationTokenSource();
        var classifier = Classifier(new Expert(new FunctionGenerator(async (_, token) =>
        {
            if (Enter() == 3)
            {
                await stop.CancelAsync();
            }

            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return Named("positive");
            }
            finally
            {
                Interlocked.Decrement(ref _active);
            }
        })));
        var results = isTokenOfTheCall
            ? classifier.ClassifyStreamAsync(Texts(100), 3, cancellationToken: stop.Token)
            : classifier.ClassifyStreamAsync(Texts(100), 3, cancellationToken: TestToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in results.WithCancellation(isTokenOfTheCall ? TestToken : stop.Token))
            {
            }
        });

        Assert.Equal((0, 3, 1), (_active, _read, _sourcesClosed));
    }

    [Fact]
    public async Task An_item_whose_expert_fails_says_why_and_the_stream_goes_on()
    {
        var classifier = Classifier(new Expert(new LabelingGenerator(
            new ScriptedGenerator(request => request.Query switch
            {
                "1" => ScriptedReply.Throws(new IOException("down")),
                "2" => "I cannot tell.",
                _ => "positive",
            }),
            _mood)));

        foreach (var concurrency in new[] { 1, 2, 3, 8 })
        {
            var results = await ListAsync(classifier.ClassifyStreamAsync(Texts(4), concurrency, cancellationToken: TestToken));

            Assert.Equal(["positive", null, null, "positive"], results.Select(result => result.Label));
            Assert.Equal([false, true, false, false], results.Select(result => result.Failure is not null));
            Assert.Equal("failed", Assert.Single(results[1].Failure!.Attempts).Verdict.Reason);
            Assert.Null(results[1].Episode);
            Assert.Equal("I cannot tell.", results[2].Reply);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_text_that_is_null_is_named_by_its_number_once_those_before_it_are_answered(int concurrency)
    {
        List<Classification> results = [];

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => _gates.OpenUntilAsync(Task.Run(() => ReadAsync(
            Classifier(GatedExpert()).ClassifyStreamAsync(new[] { "a", "b", null!, "c" }.ToAsyncEnumerable(), concurrency, cancellationToken: TestToken),
            results))));

        Assert.Contains("number 2", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], results.Select(result => result.Episode!.Request.Query));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Without_concurrency_nothing_could_be_done(int concurrency) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(concurrency), () => Classifier(Expert("positive")).ClassifyStreamAsync(Texts(1), concurrency, cancellationToken: TestToken));

    [Fact]
    public void Without_a_stream_nothing_could_be_read() =>
        Assert.Throws<ArgumentNullException>("texts", () => Classifier(Expert("positive")).ClassifyStreamAsync(null!, cancellationToken: TestToken));

    [Fact]
    public async Task An_empty_stream_has_no_results() =>
        Assert.Empty(await ListAsync(Classifier(Expert("positive")).ClassifyStreamAsync(Texts(0), cancellationToken: TestToken)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task What_the_source_throws_is_the_readers_once_what_is_under_way_is_answered(int concurrency)
    {
        List<Classification> results = [];
        List<string> learned = [];
        var cascade = new Cascade([], GatedExpert(), new CascadeSettings
        {
            Learn = (episode, _) =>
            {
                learned.Add(episode.Request.Query);
                return default;
            },
        });

        var failure = await Assert.ThrowsAsync<IOException>(() => _gates.OpenUntilAsync(Task.Run(() => ReadAsync(
            new CascadeClassifier(cascade, _mood).ClassifyStreamAsync(Broken(), concurrency, cancellationToken: TestToken), results))));

        Assert.Equal("cut", failure.Message);
        Assert.Equal(["a", "b", "c"], results.Select(result => result.Episode!.Request.Query));
        Assert.Equal(["a", "b", "c"], learned);

        static async IAsyncEnumerable<string> Broken()
        {
            yield return "a";
            yield return "b";
            await Task.Yield();
            yield return "c";
            throw new IOException("cut");
        }
    }

    [Fact]
    public async Task A_source_that_ignores_its_cancellation_is_left_behind_and_closed_when_it_ends()
    {
        using var stop = new CancellationTokenSource();
        var end = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        var cascade = new Cascade([], Expert("positive"), new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(1) });
        var results = new CascadeClassifier(cascade, _mood).ClassifyStreamAsync(Deaf(), 3, cancellationToken: stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in results)
            {
                await stop.CancelAsync();
            }
        });

        Assert.False(closed.Task.IsCompleted);
        end.SetResult();
        await closed.Task.WaitAsync(TestToken);

        async IAsyncEnumerable<string> Deaf()
        {
            try
            {
                yield return "a";
                await end.Task;
            }
            finally
            {
                closed.SetResult();
            }
        }
    }

    [Fact]
    public async Task Each_item_draws_from_a_key_of_its_own()
    {
        var results = await ListAsync(Classifier(Expert("positive")).ClassifyStreamAsync(
            Texts(3), 2, new CascadeRequestOptions { Key = "run", Scope = "tenant" }, TestToken));

        Assert.Equal(["run-0", "run-1", "run-2"], results.Select(result => result.Episode!.Key));
        Assert.All(results, result => Assert.Equal("tenant", result.Episode!.Scope));
    }

    private static CascadeClassifier Classifier(Expert expert) => new(new Cascade([], expert), _mood);

    private static async Task<List<Classification>> ListAsync(IAsyncEnumerable<Classification> results)
    {
        List<Classification> all = [];
        await ReadAsync(results, all);
        return all;
    }

    private static async Task ReadAsync(IAsyncEnumerable<Classification> results, List<Classification> all)
    {
        await foreach (var result in results)
        {
            all.Add(result);
        }
    }

    private static Generation Named(string label) =>
        new ScriptedReply(label).ToGeneration() with { Labels = LabelDistribution.Certain(_mood.Labels, label) };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async IAsyncEnumerable<string> OneAndThenSilence([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return "only";
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private Expert GatedExpert() => new(new FunctionGenerator(async (_, token) =>
    {
        Enter();
        await _gates.PassAsync(token);
        Interlocked.Decrement(ref _active);
        return Named("positive");
    }));

    private int Enter()
    {
        var active = Interlocked.Increment(ref _active);
        _mostActive = Math.Max(_mostActive, active);
        return active;
    }

    private async IAsyncEnumerable<string> Texts(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                _read++;
                yield return Text(i);
            }
        }
        finally
        {
            _sourcesClosed++;
        }
    }
}
