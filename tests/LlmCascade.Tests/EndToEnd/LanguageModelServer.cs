using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using Microsoft.Extensions.AI;
using OpenAI;
using Xunit;

namespace LlmCascade.Tests.EndToEnd;

/// <summary>A real small language model behind HTTP on this machine, under the names <c>weak</c> and <c>strong</c>; one process for all tests.</summary>
public sealed class LanguageModelServer : IAsyncLifetime
{
    // The first start installs the server's own packages.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private Process? _process;
    private Uri? _endpoint;
    private string _reasonToSkip = "";

    public async ValueTask InitializeAsync()
    {
        var start = RepositoryRoot.Shared("tools/llm-server/start");
        if (!File.Exists(start))
        {
            _reasonToSkip = "The language model server is not on this machine (../shared/tools/llm-server).";
            return;
        }

        try
        {
            _process = Process.Start(new ProcessStartInfo(start, ["--name", "weak", "--name", "strong"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = _process.StandardError.ReadToEndAsync();
            using var patience = new CancellationTokenSource(_patience, TimeProvider.System);
            var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
            if (line?.Split(' ')[^1] is { } address && Uri.TryCreate(address, UriKind.Absolute, out var endpoint))
            {
                _endpoint = endpoint;
                return;
            }

            _reasonToSkip = $"The language model server did not start: {line} {await errors}";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            _reasonToSkip = $"The language model server cannot start: {e.Message}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    /// <summary>Gets the address, its <c>/v1</c> included; skips the test where there is no server.</summary>
    public Uri Endpoint
    {
        get
        {
            Assert.SkipWhen(_endpoint is null, _reasonToSkip);
            return _endpoint;
        }
    }

    /// <summary>Makes a client of one model, whose every request is answered with a fault where one is named.</summary>
    public IChatClient Client(string model, string? fault = null)
    {
        var options = new OpenAIClientOptions { Endpoint = Endpoint, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) };
        if (fault is not null)
        {
            options.AddPolicy(new FaultPolicy(fault), PipelinePosition.PerCall);
        }

        return new OpenAIClient(new ApiKeyCredential("none"), options).GetChatClient(model).AsIChatClient();
    }

    /// <summary>Waits until the server generates nothing any more, and fails when it goes on for two seconds.</summary>
    public async Task WaitUntilIdleAsync()
    {
        using var http = new HttpClient();
        var health = "";
        for (var i = 0; i < 100 && !health.Contains("\"busy\":0", StringComparison.Ordinal); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            health = await http.GetStringAsync(new Uri(Endpoint, "/health"));
        }

        Assert.Contains("\"busy\":0", health, StringComparison.Ordinal);
    }

    private sealed class FaultPolicy(string fault) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set("x-fault", fault);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set("x-fault", fault);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
