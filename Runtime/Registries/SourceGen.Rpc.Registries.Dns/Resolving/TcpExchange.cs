using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// Asks one server by TCP, where a message has its length before it (RFC 1035, 4.2.2; RFC 7766), which bounds it to 64 KiB.
/// </summary>
internal static class TcpExchange
{
    /// <summary>Asks.</summary>
    /// <exception cref="DnsExchangeException">What came is no answer, or ended too early.</exception>
    /// <exception cref="DnsRefusedException">The server does not accept the signature.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public static async ValueTask<DnsMessage> AskAsync(IPEndPoint server, DnsQuery query, CancellationToken cancellationToken)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);

        // Length and message in one segment: some servers want them so (RFC 7766, 8).
        byte[] request = new byte[2 + query.Bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(request, (ushort)query.Bytes.Length);
        query.Bytes.CopyTo(request.AsMemory(2));
        for (int sent = 0; sent < request.Length;)
        {
            sent += await socket.SendAsync(request.AsMemory(sent), SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            await ReceiveAsync(socket, buffer.AsMemory(0, 2), cancellationToken).ConfigureAwait(false);
            int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            await ReceiveAsync(socket, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return DnsReply.Read(buffer.AsSpan(0, length), query).GetMessage("TCP");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask ReceiveAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0) throw new DnsExchangeException("it closed the TCP connection before its answer was complete");
            buffer = buffer[received..];
        }
    }
}
