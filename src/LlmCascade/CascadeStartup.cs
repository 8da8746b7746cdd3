using LlmCascade.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Checks every registered cascade, and loads what it had learned, before the host starts anything that might use one.</summary>
internal sealed class CascadeStartup(IServiceProvider services, IEnumerable<CascadeRegistration> registrations)
    : IHostedLifecycleService
{
    private readonly List<CascadeLearning> _learning = [];

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        List<Exception> mistakes = [];
        foreach (var registration in registrations)
        {
            try
            {
                if (registration.Resolve(services).Learning is { } learning)
                {
                    _learning.Add(learning);
                    await learning.LoadIfKeptAsync(cancellationToken);
                }
            }
            catch (Exception e) when (e is OptionsValidationException or CheckpointException)
            {
                mistakes.Add(e);
            }
        }

        if (mistakes.Count > 0)
        {
            throw mistakes.Count == 1 ? mistakes[0] : new AggregateException(mistakes);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        foreach (var learning in _learning)
        {
            await learning.StopAsync(cancellationToken);
        }
    }
}
