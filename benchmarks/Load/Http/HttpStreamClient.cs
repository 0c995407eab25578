using System.Net;

namespace SourceGen.Rpc.Load;

/// <summary>Kestrel and HttpClient as a baseline of streams: one response over HTTP/2 without TLS, whose body is the items.</summary>
internal sealed class HttpStreamClient : IContender
{
    /// <summary>What its figures are listed under.</summary>
    public const string Title = "Kestrel HTTP/2";

    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Uri _address;
    private readonly CallerGroup _callers;

    /// <param name="address">The server.</param>
    public HttpStreamClient(string address)
    {
        _address = new Uri(address);
        _callers = new CallerGroup(Title, [new StreamDownCaller(_ => ReadAsync())]);
    }

    public string Name => Title;

    public void Open() => _callers.Reset();

    public LoadSample Run(TimeSpan duration) => _callers.Run(duration);

    public void Close()
    {
    }

    public void Dispose() => _client.Dispose();

    private async IAsyncEnumerable<LoadItem> ReadAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response =
            await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        await foreach (LoadItem item in HttpItems.ReadAsync(body).ConfigureAwait(false)) yield return item;
    }
}
