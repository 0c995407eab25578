namespace SourceGen.Rpc.Registries.Shared;

/// <summary>A request that can be sent more than once, to one endpoint after the other.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, beginning with a slash.</param>
internal sealed record HttpCall(HttpMethod Method, string Path)
{
    /// <summary>A JSON text in UTF-8; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>A header with its value.</summary>
    public (string Name, string Value)? Header { get; init; }

    public HttpRequestMessage CreateMessage(Uri endpoint)
    {
        HttpRequestMessage message = new(Method, new Uri(endpoint, Path)) { Version = System.Net.HttpVersion.Version11 };
        if (!Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        // Without validation: etcd's token is the whole value, without a scheme before it.
        if (Header is { } header) message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return message;
    }
}
