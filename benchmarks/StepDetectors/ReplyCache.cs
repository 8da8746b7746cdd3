using System.Net;
using System.Security.Cryptography;

namespace StepDetectors;

/// <summary>Remembers the model's replies to requests that it has had before, which it would answer alike: it is asked without chance, or with its seed.</summary>
/// <param name="folder">Where.</param>
internal sealed class ReplyCache(string folder) : DelegatingHandler(new HttpClientHandler())
{
    private int _asked;

    /// <summary>Gets how many requests went to the server.</summary>
    public int Asked => _asked;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var path = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(asked)) + ".json");
        if (!File.Exists(path))
        {
            Interlocked.Increment(ref _asked);
            using var response = await base.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();

            // Two that ask the same write the same, each its own file first.
            var own = $"{path}.{Guid.NewGuid():N}";
            await File.WriteAllBytesAsync(own, await response.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken);
            File.Move(own, path, overwrite: true);
        }

        var content = new ByteArrayContent(await File.ReadAllBytesAsync(path, cancellationToken));
        content.Headers.ContentType = new("application/json");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }
}
