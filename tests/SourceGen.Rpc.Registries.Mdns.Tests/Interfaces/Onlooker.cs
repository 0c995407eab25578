using System.Net;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;

/// <summary>Somebody at eth0 who is no registry, and says what comes there.</summary>
internal static class Onlooker
{
    private const int Port = 5353;

    /// <summary>Says what is announced: <c>probed</c> and <c>announced</c>, each with the port in the SRV record.</summary>
    public static async Task HearAsync()
    {
        using Peer peer = new(Port, "eth0");
        Console.WriteLine("ready");
        while (true)
        {
            DnsMessage message = await peer.HearAsync(static _ => true, "anything", Timeout.InfiniteTimeSpan);
            Say("probed", message.Authorities);
            if (message.Flags.IsResponse) Say("announced", message.Answers);
        }

        static void Say(string what, IEnumerable<DnsRecord> records)
        {
            foreach (SrvData srv in records.Select(static record => record.Data).OfType<SrvData>()) Console.WriteLine($"{what}: {srv.Port}");
        }
    }

    /// <summary>Asks one machine alone for a service (RFC 6762, 5.5), until it answers.</summary>
    public static async Task AskAsync(IPAddress address, string service)
    {
        using Peer peer = new(Port, "eth0", isLegacy: true);
        Console.WriteLine("ready");
        DnsMessageWriter writer = new(512);
        writer.TryWrite(new DnsQuestion(DomainName.Parse("_sub._sourcegen-rpc._tcp.local").Prepend("_" + service), DnsRecordType.Ptr));
        ReadOnlyMemory<byte> query = writer.Finish(1, DnsFlags.RecursiveQuery);
        DnsMessage? answer;
        do
        {
            peer.SendTo(address, query.Span);
            answer = await peer.HearOrNotAsync(static one => one.Flags.IsResponse, TimeSpan.FromMilliseconds(500));
        }
        while (answer is null);
        Console.WriteLine($"answered: {answer.Answers.Count}");
        await Task.Delay(Timeout.Infinite);
    }
}
