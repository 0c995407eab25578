using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>Puts questions and records into messages of a bounded size.</summary>
internal static class MdnsMessages
{
    /// <summary>Responses with these answers; additional records as far as there is room.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Responses(IEnumerable<DnsRecord> answers, IEnumerable<DnsRecord> additionals)
    {
        DnsMessageWriter writer = new(MdnsLink.UsualMessage);
        foreach (DnsRecord answer in answers)
        {
            if (writer.TryWrite(DnsSection.Answer, answer)) continue;
            if (writer.RecordCount > 0)
            {
                yield return writer.Finish(0, DnsFlags.MulticastResponse);
                writer = new DnsMessageWriter(MdnsLink.UsualMessage);
                if (writer.TryWrite(DnsSection.Answer, answer)) continue;
            }

            // RFC 6762, 17: one that needs more goes alone, in fragments of IP.
            DnsMessageWriter large = new(MdnsLink.MaxMessage);
            if (large.TryWrite(DnsSection.Answer, answer)) yield return large.Finish(0, DnsFlags.MulticastResponse);
        }

        if (writer.RecordCount == 0) yield break;
        foreach (DnsRecord additional in additionals) writer.TryWrite(DnsSection.Additional, additional);
        yield return writer.Finish(0, DnsFlags.MulticastResponse);
    }

    /// <summary>A question with what is known of its answers, in as many messages as that takes (RFC 6762, 7.2).</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Queries(IReadOnlyList<DnsQuestion> questions, IEnumerable<DnsRecord> known)
    {
        DnsMessageWriter writer = new(MdnsLink.UsualMessage);
        foreach (DnsQuestion question in questions)
        {
            if (writer.TryWrite(question)) continue;
            yield return writer.Finish(0, DnsFlags.MulticastQuery);
            writer = new DnsMessageWriter(MdnsLink.UsualMessage);
            writer.TryWrite(question);
        }

        foreach (DnsRecord record in known)
        {
            if (writer.TryWrite(DnsSection.Answer, record)) continue;
            if (writer.RecordCount + writer.QuestionCount == 0) continue;
            yield return writer.Finish(0, DnsFlags.TruncatedMulticastQuery);
            writer = new DnsMessageWriter(MdnsLink.UsualMessage);
            writer.TryWrite(DnsSection.Answer, record);
        }

        if (writer.RecordCount + writer.QuestionCount > 0) yield return writer.Finish(0, DnsFlags.MulticastQuery);
    }
}
