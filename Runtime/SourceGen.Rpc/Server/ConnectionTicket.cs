using System.Net;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>What became of a connection when it was accepted, and its place in the counts.</summary>
/// <param name="admission">Who counts.</param>
/// <param name="source">The address it is counted by, or null.</param>
/// <param name="refusal">See <see cref="Refusal"/>.</param>
/// <param name="politely">See <see cref="Politely"/>.</param>
internal sealed class ConnectionTicket(ConnectionAdmission admission, IPAddress? source, ErrorMessage? refusal, bool politely) : IDisposable
{
    private bool _handshakeEnded;
    private int _disposed;

    /// <summary>Why it may not stay; null when it may.</summary>
    public ErrorMessage? Refusal => refusal;

    /// <summary>Whether to wait for the peer's hello before it is refused.</summary>
    public bool Politely => politely;

    /// <summary>The handshake is over, whatever came of it.</summary>
    public void EndHandshake()
    {
        if (_handshakeEnded) return;
        _handshakeEnded = true;
        admission.EndHandshake();
    }

    /// <summary>The connection has ended. Disposing twice is harmless.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && refusal is null) admission.Leave(source);
    }
}
