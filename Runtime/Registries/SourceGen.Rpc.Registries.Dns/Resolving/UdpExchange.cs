using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// Asks one server by UDP. Each question has a socket of its own, so its port is one that the system chose at random (RFC 5452, 9.2), and
/// the socket is connected, so the system drops what others send.
/// </summary>
internal static class UdpExchange
{
    /// <summary>How many datagrams that are no answer are read before the server counts as unusable.</summary>
    private const int MaxIgnored = 100;

    private const int BufferSize = 4096;

    /// <summary>Asks.</summary>
    /// <returns>The answer; null when it is to be had by TCP only.</returns>
    /// <exception cref="DnsExchangeException">There is no answer.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public static async ValueTask<DnsMessage?> AskAsync(
        IPEndPoint server, DnsQuery query, ILogger logger, CancellationToken cancellationToken)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(query.Bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int ignored = 0; ignored < MaxIgnored; ignored++)
            {
                int length = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellationToken).ConfigureAwait(false);
                if (DnsReply.TryRead(buffer.AsSpan(0, length), query.Id, query.Question, out _, out DnsMessage? message, out string? error))
                {
                    return message;
                }

                DnsRegistryLog.Ignored(logger, server, query.ToString(), error);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        throw new DnsExchangeException($"{MaxIgnored} datagrams came that are no answer");
    }
}
