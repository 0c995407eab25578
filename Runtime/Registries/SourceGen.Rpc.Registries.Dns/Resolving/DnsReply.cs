using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// Whether what came is the answer to what was asked. Id and question must be those of the query (RFC 5452, 9.1); that it came from the
/// server asked, to the port asked from, is the connected socket's business.
/// </summary>
internal static class DnsReply
{
    /// <summary>Reads an answer.</summary>
    /// <param name="bytes">What came.</param>
    /// <param name="id">The query's id.</param>
    /// <param name="question">The query's question.</param>
    /// <param name="isTruncated">It is the answer, and the whole one is to be had by TCP. There is no message then.</param>
    /// <param name="message">The answer, or null.</param>
    /// <param name="error">Why it is not the answer, or null.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes,
        ushort id,
        DnsQuestion question,
        out bool isTruncated,
        out DnsMessage? message,
        [NotNullWhen(false)] out string? error)
    {
        isTruncated = false;
        message = null;
        DnsMessageReader reader = new(bytes);
        if (!reader.TryReadHeader(out DnsMessageReader.Header header))
        {
            error = reader.Error;
            return false;
        }

        error = header switch
        {
            { Flags.IsResponse: false } => "it is a query",
            { Flags.Opcode: not 0 } => "it is of another kind",
            _ when header.Id != id => "it has another id",

            // A server that could not read the query may leave it out.
            { Questions: 0, Flags.ResponseCode: DnsResponseCode.FormatError } => null,
            { Questions: not 1 } => $"it has {header.Questions} questions",
            _ => CheckQuestion(ref reader, question),
        };
        if (error is not null) return false;
        if (header.Flags.IsTruncated)
        {
            isTruncated = true;
            return true;
        }

        return DnsMessage.TryRead(bytes, out message, out error);
    }

    private static string? CheckQuestion(ref DnsMessageReader reader, DnsQuestion question)
    {
        if (!reader.TryReadQuestion(out DnsQuestion? read)) return reader.Error;
        return read == question ? null : $"it answers {read.Name} {read.Type}";
    }
}
