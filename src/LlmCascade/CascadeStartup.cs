using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Checks every registered cascade before the host starts anything that might use one.</summary>
internal sealed class CascadeStartup(IServiceProvider services, IEnumerable<CascadeRegistration> registrations)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        List<Exception> mistakes = [];
        foreach (var registration in registrations)
        {
            try
            {
                registration.Resolve(services);
            }
            catch (OptionsValidationException e)
            {
                mistakes.Add(e);
            }
        }

        if (mistakes.Count > 0)
        {
            throw mistakes.Count == 1 ? mistakes[0] : new AggregateException(mistakes);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
