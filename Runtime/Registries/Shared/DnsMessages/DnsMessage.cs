using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>A whole message that was read.</summary>
internal sealed class DnsMessage
{
    private DnsMessage(ushort id, DnsFlags flags)
    {
        Id = id;
        Flags = flags;
    }

    public ushort Id { get; }

    public DnsFlags Flags { get; }

    public List<DnsQuestion> Questions { get; } = [];

    public List<DnsRecord> Answers { get; } = [];

    public List<DnsRecord> Authorities { get; } = [];

    public List<DnsRecord> Additionals { get; } = [];

    /// <summary>Reads a message that anybody may have sent. A part that cannot be read makes all of it unreadable.</summary>
    /// <param name="bytes">The message. What stands behind its last record is ignored.</param>
    /// <param name="message">The message, or null.</param>
    /// <param name="error">What is wrong with it, or null.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message, [NotNullWhen(false)] out string? error)
    {
        DnsMessageReader reader = new(bytes);
        if (reader.TryReadHeader(out DnsMessageReader.Header header))
        {
            message = new DnsMessage(header.Id, header.Flags);
            if (TryReadQuestions(ref reader, header.Questions, message.Questions)
                && TryReadRecords(ref reader, header.Answers, message.Answers)
                && TryReadRecords(ref reader, header.Authorities, message.Authorities)
                && TryReadRecords(ref reader, header.Additionals, message.Additionals))
            {
                error = null;
                return true;
            }
        }

        message = null;
        error = reader.Error;
        return false;
    }

    // The counts may lie: lists grow with what is there.
    private static bool TryReadQuestions(ref DnsMessageReader reader, int count, List<DnsQuestion> questions)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadQuestion(out DnsQuestion? question)) return false;
            questions.Add(question);
        }

        return true;
    }

    private static bool TryReadRecords(ref DnsMessageReader reader, int count, List<DnsRecord> records)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadRecord(out DnsRecord? record)) return false;
            records.Add(record);
        }

        return true;
    }
}
