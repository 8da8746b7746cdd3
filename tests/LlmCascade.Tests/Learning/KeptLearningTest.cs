using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Persistence;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace LlmCascade.Tests.Learning;

/// <summary>Starts applications, one after the other, that keep what they learn in one file.</summary>
public abstract class KeptLearningTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeLoggerProvider _log = new();

    private protected string File => _folder.File("learned");

    private protected string Note => File + ".spent";

    /// <summary>Gets or sets the expert of the application that is started next.</summary>
    private protected ScriptedChatClient Expert { get; set; } = new("good");

    /// <summary>Gets what a learner may wait for; it happens at the end of the test at the latest.</summary>
    private protected TaskCompletionSource Gate { get; } = new();

    public void Dispose()
    {
        Gate.TrySetResult();
        _folder.Dispose();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static async Task AskAsync(IServiceProvider services, int requests, CascadeRequestOptions? options = null)
    {
        var classifier = services.GetRequiredService<CascadeClassifier>();
        for (var i = 0; i < requests; i++)
        {
            try
            {
                await classifier.ClassifyAsync($"text {i}", options);
            }
            catch (CascadeException)
            {
                // Untrained, and without a call left, nobody answers.
            }
        }
    }

    private protected IEnumerable<FakeLogRecord> Logged(int id) => _log.Collector.GetSnapshot().Where(record => record.Id.Id == id);

    private protected ServiceProvider Start(
        Action<CascadeBuilder>? configure = null, bool startUntrained = false, int saveEvery = 1000, bool addsStudent = true)
    {
        var services = new ServiceCollection();
        Register(services, configure, startUntrained, saveEvery, addsStudent);
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IChatClient>();
        return provider;
    }

    private protected void Register(
        IServiceCollection services,
        Action<CascadeBuilder>? configure,
        bool startUntrained = false,
        int saveEvery = 1000,
        bool addsStudent = true)
    {
        Expert = Expert.Calls.Count == 0 ? Expert : new ScriptedChatClient("good");
        services.AddSingleton<ILoggerFactory>(new LoggerFactory([_log]));
        services.AddChatClient(Expert);
        services.AddLlmCascade(cascade =>
        {
            cascade.Classify("good", "bad").SaveLearningTo(File, saveEvery, startUntrained);
            if (addsStudent)
            {
                cascade.AddStudent("lr").LimitExpertCalls(100, 1000);
            }

            configure?.Invoke(cascade);
        });
    }
}
