using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>The headers of a message, read: <c>NATS/1.0[ status[ description]]</c>, then <c>name: value</c> lines, each ended by CR LF.</summary>
internal readonly struct NatsHeaders
{
    /// <summary>The header that JetStream finds duplicates by.</summary>
    public const string MessageId = "Nats-Msg-Id";

    /// <summary>The message's id, where <see cref="MessageId"/> has to be another one: of dead letters.</summary>
    public const string OriginalId = "rpc-id";

    private static ReadOnlySpan<byte> Version => "NATS/1.0"u8;

    /// <summary>What the server says instead of a message, such as 503; 0 for a message.</summary>
    public int Status { get; private init; }

    /// <summary>The status in words; may be empty.</summary>
    public string Description { get; private init; }

    /// <summary>The message's key.</summary>
    public ulong? Key { get; private init; }

    /// <summary>The message's id.</summary>
    public string? Id { get; private init; }

    /// <summary>The others.</summary>
    public ReadOnlyMemory<KeyValuePair<string, string>> Pairs { get; private init; }

    /// <summary>Reads a block. It comes from whoever published the message, and servers do not look at it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="headers">What it says.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(ReadOnlySpan<byte> block, out NatsHeaders headers)
    {
        headers = default;
        if (!block.StartsWith(Version) || !block.EndsWith("\r\n\r\n"u8)) return false;
        int end = block.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> first = block[Version.Length..end].Trim((byte)' ');
        block = block[(end + 2)..];
        int status = 0;
        if (!first.IsEmpty && (!Utf8Parser.TryParse(first, out status, out int digits) || digits != 3 || status < 100)) return false;
        List<KeyValuePair<string, string>>? pairs = null;
        ulong? key = null;
        string? id = null;
        string? originalId = null;
        while (true)
        {
            end = block.IndexOf("\r\n"u8);
            // The end of the block was looked at; here are only a second empty line, and what stands behind it.
            if (end < 0) return false;
            if (end == 0) break;
            ReadOnlySpan<byte> line = block[..end];
            block = block[(end + 2)..];
            int colon = line.IndexOf((byte)':');
            if (colon <= 0) return false;
            string name = Encoding.ASCII.GetString(line[..colon].TrimEnd((byte)' '));
            ReadOnlySpan<byte> rest = line[(colon + 1)..];
            // One space belongs to the form; others are the value's.
            string value = Encoding.UTF8.GetString(rest.StartsWith((byte)' ') ? rest[1..] : rest);
            if (name.Equals(MessageId, StringComparison.OrdinalIgnoreCase)) id = value;
            else if (name.Equals(OriginalId, StringComparison.OrdinalIgnoreCase)) originalId = value;
            else if (name.Equals(MessageHeaderNames.Key, StringComparison.OrdinalIgnoreCase)
                && value.Length == 16 && ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hash)) key = hash;
            else (pairs ??= []).Add(new(name, value));
        }

        headers = new NatsHeaders
        {
            Status = status,
            Description = status == 0 ? "" : Encoding.UTF8.GetString(first[3..].Trim((byte)' ')),
            Key = key,
            Id = originalId is null ? id : originalId.Length == 0 ? null : originalId,
            Pairs = pairs?.ToArray() ?? default,
        };
        return true;
    }

    /// <summary>Finds a header by its name.</summary>
    public string? Find(string name)
    {
        foreach (KeyValuePair<string, string> pair in Pairs.Span)
        {
            if (pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return pair.Value;
        }

        return null;
    }
}
