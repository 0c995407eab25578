using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>Says in words what a socket's error code means.</summary>
internal static class SocketErrors
{
    /// <summary>The error as the end of a sentence: <c>Cannot connect to tcp://...: connection refused</c>.</summary>
    public static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by the peer",
        SocketError.ConnectionAborted => "connection aborted",
        SocketError.TimedOut => "the peer did not answer in time",
        SocketError.HostUnreachable => "no route to the host",
        SocketError.NetworkUnreachable => "the network is unreachable",
        SocketError.NetworkDown => "the network is down",
        SocketError.HostNotFound => "no such host",
        SocketError.NoData => "the host name has no address",
        SocketError.TryAgain => "the name server did not answer",
        SocketError.AddressAlreadyInUse => "the address is in use",
        SocketError.AddressNotAvailable => "the address does not belong to this machine",
        SocketError.AddressFamilyNotSupported => "this machine does not support that kind of address",
        SocketError.AccessDenied => "permission denied",
        SocketError.TooManyOpenSockets => "too many open files",
        SocketError.NoBufferSpaceAvailable => "the system has no buffer space",
        SocketError.Shutdown => "the peer closed the connection",
        _ => new SocketException((int)error).Message,
    };

    /// <summary>Makes the error of a read or a write on a connection that broke.</summary>
    public static IOException Broken(SocketError error, RpcAddress remote) => new(
        error switch
        {
            SocketError.ConnectionReset => $"The connection to {remote} was reset by the peer.",
            SocketError.Shutdown => $"The connection to {remote} was closed by the peer.",
            SocketError.TimedOut => $"The connection to {remote} was lost: the peer did not answer in time.",
            _ => $"The connection to {remote} broke: {Describe(error)}.",
        },
        new SocketException((int)error));
}
