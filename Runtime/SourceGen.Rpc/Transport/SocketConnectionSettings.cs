using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>What a socket connection is given besides its socket; tests give other values.</summary>
internal sealed record SocketConnectionSettings
{
    /// <summary>The values every transport starts with.</summary>
    public static SocketConnectionSettings Default { get; } = new();

    /// <summary>Where buffers come from.</summary>
    public SegmentPool Pool { get; init; } = SegmentPool.Shared;

    /// <summary>The clock of <see cref="LingerLimit"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long closing waits for a peer that does not read, and then for one that does not end its side.</summary>
    public TimeSpan LingerLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Makes what waits for a connection's socket.</summary>
    public Func<Socket, SocketWaiter> CreateWaiter { get; init; } = SocketWaiter.Create;

    /// <summary>The kernel's send buffer in bytes; null leaves it to the system.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>The kernel's receive buffer in bytes; null leaves it to the system.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>Sets the sizes of the kernel's buffers.</summary>
    public void ApplyTo(Socket socket)
    {
        if (SendBufferSize is int send) socket.SendBufferSize = send;
        if (ReceiveBufferSize is int receive) socket.ReceiveBufferSize = receive;
    }
}
