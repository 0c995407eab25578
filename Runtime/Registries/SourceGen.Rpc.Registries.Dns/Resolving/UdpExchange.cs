using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// Asks one server by UDP. Each question has a socket of its own, so its port is one that the system chose at random (RFC 5452, 9.2), and
/// the socket is connected, so the system drops what others send. What is no answer is passed over, also what is signed wrongly: the answer
/// may come behind it (RFC 8945, 5.3.2 and 5.4).
/// </summary>
internal static class UdpExchange
{
    /// <summary>How many datagrams that are no answer are read before the server counts as unusable.</summary>
    private const int MaxIgnored = 100;

    private const int BufferSize = 4096;

    /// <summary>Asks.</summary>
    /// <returns>The answer; null when it is to be had by TCP only.</returns>
    /// <exception cref="DnsExchangeException">There is no answer.</exception>
    /// <exception cref="DnsRefusedException">The server does not accept the signature.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public static async ValueTask<DnsMessage?> AskAsync(
        IPEndPoint server, DnsQuery query, ILogger logger, CancellationToken cancellationToken)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(query.Bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        DnsReply forged = default;
        try
        {
            for (int ignored = 0; ignored < MaxIgnored; ignored++)
            {
                int length = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellationToken).ConfigureAwait(false);
                DnsReply reply = DnsReply.Read(buffer.AsSpan(0, length), query);
                if (reply.Refusal is { IsProven: true } refusal) throw new DnsRefusedException(refusal);
                if (reply.Problem is not { } problem) return reply.Message;

                // What claims to be a refusal says more than what else may have come.
                if (reply.IsForged && forged.Refusal is null) forged = reply;
                DnsRegistryLog.Ignored(logger, server, query.ToString(), problem);
            }
        }
        catch (OperationCanceledException) when (forged.Refusal is { } refusal)
        {
            throw new DnsRefusedException(refusal);
        }
        catch (OperationCanceledException e) when (forged.IsForged)
        {
            throw new DnsExchangeException($"no answer in time that can be believed: {forged.Problem}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        throw forged.Refusal is { } claimed
            ? new DnsRefusedException(claimed)
            : new DnsExchangeException(
                $"{MaxIgnored} datagrams came that are no answer{(forged.IsForged ? $", one of them because {forged.Problem}" : "")}");
    }
}
