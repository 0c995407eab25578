using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Tests.Support;

/// <summary>A DNS server that answers as a test says, also wrongly. By UDP and, on the same port, by TCP.</summary>
internal sealed class FakeDnsServer : IAsyncDisposable
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public FakeDnsServer()
    {
        while (true)
        {
            _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                _tcp.Bind(_udp.LocalEndPoint!);
                break;
            }
            catch (SocketException)
            {
                // Somebody else has the port for TCP.
                _udp.Dispose();
                _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            }
        }

        _tcp.Listen();
        _running = Task.WhenAll(ReceiveAsync(), AcceptAsync());
    }

    public IPEndPoint EndPoint => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>The datagrams that answer a query; none for silence. Called with the query's bytes and where it came from.</summary>
    public Func<DnsMessage, IPEndPoint, IEnumerable<byte[]>> OnUdp { get; set; } = static (_, _) => [];

    /// <summary>What is sent by TCP, the length included; empty for closing at once.</summary>
    public Func<DnsMessage, byte[]> OnTcp { get; set; } = static _ => [];

    /// <summary>What was asked by UDP.</summary>
    public ConcurrentQueue<(DnsMessage Message, IPEndPoint From)> Asked { get; } = new();

    public int AskedByTcp { get; private set; }

    /// <summary>Sets an ordinary answer to all questions.</summary>
    public FakeDnsServer Answers(params DnsRecord[] records)
    {
        OnUdp = (query, _) => [Answer(query, records)];
        return this;
    }

    /// <summary>An ordinary answer: what answers the question, and addresses as additional records.</summary>
    public static byte[] Answer(DnsMessage query, IReadOnlyCollection<DnsRecord> records, int code = 0, DnsRecord? authority = null)
    {
        DnsMessageWriter writer = new(ushort.MaxValue);
        DnsQuestion question = query.Questions[0];
        writer.TryWrite(question);
        HashSet<DomainName> targets =
        [
            .. records.Select(static record => record.Data).OfType<NameData>().Select(static alias => alias.Target),
        ];
        bool IsAnswer(DnsRecord record) =>
            question.IsAnsweredBy(record)
            || record.Type == DnsRecordType.Cname
            || (record.Type == question.Type && targets.Contains(record.Name));
        foreach (DnsRecord record in records.Where(IsAnswer)) writer.TryWrite(DnsSection.Answer, record);

        if (authority is not null) writer.TryWrite(DnsSection.Authority, authority);
        foreach (DnsRecord record in records.Where(record => record.Data is AddressData && !IsAnswer(record)))
        {
            writer.TryWrite(DnsSection.Additional, record);
        }

        return writer.Finish(query.Id, new DnsFlags((ushort)(0x8180 | code))).ToArray();
    }

    /// <summary>A message as TCP has it.</summary>
    public static byte[] WithLength(byte[] message)
    {
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return framed;
    }

    public static DnsRecord Record(string name, DnsRecordData data, uint timeToLive = 300) =>
        new(DomainName.Parse(name), DnsRecord.InternetClass, timeToLive, data);

    public static DnsRecord Srv(string name, string target, int port, int priority = 0, int weight = 0, uint timeToLive = 300) =>
        Record(name, new SrvData((ushort)priority, (ushort)weight, (ushort)port, DomainName.Parse(target)), timeToLive);

    public static DnsRecord Address(string name, string address, uint timeToLive = 300) =>
        Record(name, new AddressData(IPAddress.Parse(address)), timeToLive);

    public static DnsRecord Soa(uint timeToLive, uint minimum) =>
        Record("example", new SoaData(DomainName.Parse("ns.example"), DomainName.Parse("host.example"), 1, 2, 3, 4, minimum), timeToLive);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _running;
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(
                    buffer.AsMemory(), new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                IPEndPoint from = (IPEndPoint)received.RemoteEndPoint;
                if (!DnsMessage.TryRead(buffer.AsSpan(0, received.ReceivedBytes), out DnsMessage? query, out _)) continue;
                Asked.Enqueue((query, from));
                foreach (byte[] answer in OnUdp(query, from)) await _udp.SendToAsync(answer, from, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using Socket socket = await _tcp.AcceptAsync(_stop.Token);
                AskedByTcp++;
                byte[] buffer = new byte[4096];
                int length = 0;
                while (length < 2 || length < 2 + BinaryPrimitives.ReadUInt16BigEndian(buffer))
                {
                    int received = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                    if (received == 0) break;
                    length += received;
                }

                if (length < 2 || !DnsMessage.TryRead(buffer.AsSpan(2, length - 2), out DnsMessage? query, out _)) continue;
                byte[] answer = OnTcp(query);
                if (answer.Length > 0) await socket.SendAsync(answer, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
