using SourceGen.Rpc.Registries.Dns.Signing;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// What came, and whether it is the answer to what was asked. Id and question must be those of the query (RFC 5452, 9.1), and the signature
/// must be right where the query was signed; that it came from the server asked, to the port asked from, is the connected socket's
/// business.
/// </summary>
/// <param name="Message">The answer; null when it is none, or truncated.</param>
/// <param name="IsTruncated">It is the answer, and the whole one is to be had by TCP.</param>
/// <param name="Problem">Why it is not the answer; null when it is, and when it is a proven refusal.</param>
/// <param name="IsForged">It would be the answer but for its signature.</param>
/// <param name="Refusal">The server does not accept the query's signature, or somebody says so in its name.</param>
internal readonly record struct DnsReply(
    DnsMessage? Message, bool IsTruncated = false, string? Problem = null, bool IsForged = false, TsigRefusal? Refusal = null)
{
    /// <summary>Reads what came.</summary>
    /// <param name="bytes">What came, from whomever.</param>
    /// <param name="query">What was asked.</param>
    public static DnsReply Read(ReadOnlySpan<byte> bytes, DnsQuery query)
    {
        DnsMessageReader reader = new(bytes);
        if (!reader.TryReadHeader(out DnsMessageReader.Header header)) return new DnsReply(null, Problem: reader.Error);
        string? error = header switch
        {
            { Flags.IsResponse: false } => "it is a query",
            { Flags.Opcode: not 0 } => "it is of another kind",
            _ when header.Id != query.Id => "it has another id",

            // A server that could not read the query may leave it out.
            { Questions: 0, Flags.ResponseCode: DnsResponseCode.FormatError } => null,
            { Questions: not 1 } => $"it has {header.Questions} questions",
            _ => CheckQuestion(ref reader, query.Question),
        };
        if (error is not null) return new DnsReply(null, Problem: error);
        TsigVerdict verdict = query.Signature?.Verify(bytes) ?? default;
        if (verdict.Problem is not null || verdict.Refusal is not null)
        {
            return new DnsReply(null, Problem: verdict.Problem, IsForged: verdict.Problem is not null, Refusal: verdict.Refusal);
        }

        if (header.Flags.IsTruncated) return new DnsReply(null, IsTruncated: true);
        DnsMessage.TryRead(bytes, out DnsMessage? message, out error);
        return new DnsReply(message, Problem: error);
    }

    /// <summary>The answer, where what came by a connection can be nothing else.</summary>
    /// <param name="transport">The kind of connection, for messages.</param>
    /// <exception cref="DnsExchangeException">It is no answer.</exception>
    /// <exception cref="DnsRefusedException">The server does not accept the signature.</exception>
    public DnsMessage GetMessage(string transport)
    {
        if (Refusal is not null) throw new DnsRefusedException(Refusal);
        return Message ?? throw new DnsExchangeException(
            $"what came by {transport} is no answer: {Problem ?? "it is truncated there, too"}");
    }

    private static string? CheckQuestion(ref DnsMessageReader reader, DnsQuestion question)
    {
        if (!reader.TryReadQuestion(out DnsQuestion? read)) return reader.Error;
        return read == question ? null : $"it answers {read.Name} {read.Type}";
    }
}
