namespace SourceGen.Rpc.Client;

/// <summary>What one call is made with, after everybody who has a say was asked.</summary>
internal sealed class CallTerms
{
    /// <summary>How long it may take, in milliseconds; -1 for no limit.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>Its headers and baggage, encoded; null for none.</summary>
    public byte[]? Headers { get; init; }

    /// <summary>Whether a credential is among them.</summary>
    public bool HasCredential { get; init; }

    /// <summary>That credential, if it is the client's current one; null when the call has one of its own, or none.</summary>
    public RpcCredential? Credential { get; init; }

    /// <summary>Who wants to know the headers of the reply; null for nobody.</summary>
    public RpcCallScope? Scope { get; init; }

    /// <summary>Cancelled with the call whose handler makes this one.</summary>
    public CancellationToken Inherited { get; init; }
}
