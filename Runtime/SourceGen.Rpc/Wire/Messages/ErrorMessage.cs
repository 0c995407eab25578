using System.Buffers;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Wire.Messages;

/// <summary>
/// The payload of an error reply, and of the frame that ends a connection: [code, detail, id, status, refused], and with a typed detail
/// [..., type, payload]; in the frame that ends a connection [..., type, payload, accepted].
/// </summary>
/// <remarks>
/// A reference, not a value: why a connection leaves is read by threads other than the one that wrote it, and must be seen whole.
/// </remarks>
/// <param name="Code">What went wrong.</param>
/// <param name="Detail">What went wrong, in words.</param>
/// <param name="Id">The kind or the occurrence of the error; may be empty.</param>
/// <param name="Status">A number of the application's own.</param>
/// <param name="Refused">Whether the handler was not run.</param>
internal sealed record ErrorMessage(RpcStatusCode Code, string Detail, string Id = "", int Status = 0, bool Refused = false)
{
    /// <summary>Texts beyond this are cut, so that an error always fits the smallest fragment.</summary>
    public const int MaxText = 2048;

    /// <summary>Details beyond this are not sent.</summary>
    public const int MaxDetail = 64 * 1024;

    /// <summary>The name of the type of the typed detail, or of the declared exception; empty when there is none.</summary>
    public string DetailType { get; init; } = "";

    /// <summary>That detail or exception, in the connection's codec.</summary>
    public byte[] DetailPayload { get; init; } = [];

    /// <summary>
    /// Of a peer that leaves: how many requests of this connection it has seen. It accepts none of those behind them. Null when it does not
    /// say.
    /// </summary>
    public long? Accepted { get; init; }

    /// <summary>Whether there is a detail or a declared exception.</summary>
    public bool HasDetail => DetailType.Length > 0;

    /// <summary>The same error for a peer that cannot take the detail.</summary>
    public ErrorMessage WithoutDetail() => this with { DetailType = "", DetailPayload = [] };

    public void Write(IBufferWriter<byte> output)
    {
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(Accepted is not null ? 8 : HasDetail ? 7 : 5);
        writer.Write((int)Code);
        writer.Write(Cut(Detail));
        writer.Write(Cut(Id));
        writer.Write(Status);
        writer.Write(Refused);
        if (HasDetail || Accepted is not null)
        {
            writer.Write(DetailType);
            writer.WriteBinary(DetailPayload);
        }

        if (Accepted is { } accepted) writer.Write(accepted);

        writer.Flush();
    }

    /// <summary>Reads it.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="isGoAway">Whether it may say how many requests were accepted.</param>
    /// <exception cref="RpcSerializationException">The payload is not an error message.</exception>
    public static ErrorMessage Read(in ReadOnlySequence<byte> payload, bool isGoAway = false)
    {
        MessagePackReader reader = new(payload);
        int count = reader.ReadArrayHeader();
        if (count < 2)
            throw new RpcSerializationException($"An error message has {count} elements; it needs a code and a detail at least.");
        int code = reader.ReadInt32();
        string detail = reader.ReadString() ?? "";
        string id = count > 2 ? reader.ReadString() ?? "" : "";
        int status = count > 3 ? reader.ReadInt32() : 0;
        bool refused = count > 4 && reader.ReadBoolean();
        string detailType = count > 5 ? reader.ReadString() ?? "" : "";
        byte[] detailPayload = count > 6 ? reader.ReadBytes() ?? [] : [];
        long? accepted = isGoAway && count > 7 ? reader.ReadInt64() : null;
        if (accepted < 0) throw new RpcSerializationException($"It says that {accepted} requests were accepted.");
        return new ErrorMessage(code is > 0 and <= 16 ? (RpcStatusCode)code : RpcStatusCode.Unknown, detail, id, status, refused)
        {
            DetailType = detailType,
            DetailPayload = detailPayload,
            Accepted = accepted,
        };
    }

    public RpcException ToException() => new(Code, Detail, Id, Status)
    {
        Progress = Refused ? RpcCallProgress.Refused : RpcCallProgress.Answered,
        DetailType = DetailType,
    };

    /// <summary>Shortens a text that is too long. There may be none: an exception's Message can be overridden to return null.</summary>
    private static string Cut(string? text) =>
        text is null ? "" : text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText), "...");
}
