using System.Buffers;
using System.Globalization;
using System.Text;
using SourceGen.Rpc.MessagePack;
using SourceGen.Rpc.Security;

namespace SourceGen.Rpc.Wire.Messages;

/// <summary>
/// How a side introduces itself when a connection opens: a map by name, so that later versions can add to it. A client offers its
/// codecs; a server answers with the one it took, or with an error.
/// </summary>
internal sealed record HelloMessage
{
    /// <summary>The largest hello read from a server.</summary>
    public const int MaxSize = 1024 * 1024;

    private const int MaxCodecs = 64;

    /// <summary>The peer's software, for logs.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Codec names, best first; one in a server's answer.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = [];

    /// <summary>The largest frame payload the side accepts.</summary>
    public int MaxFrameSize { get; init; }

    /// <summary>The largest message the side accepts.</summary>
    public int MaxMessageSize { get; init; }

    /// <summary>The most calls the side accepts at once.</summary>
    public int MaxConcurrentCalls { get; init; }

    /// <summary>The most bytes of headers in one message that the side accepts; 0 when it reads none.</summary>
    public int MaxHeaderSize { get; init; }

    /// <summary>What a stream to this side may have outstanding, in bytes; 0 when the side does not know streams.</summary>
    public int StreamWindow { get; init; }

    /// <summary>What all streams to this side may hold of it together, in bytes.</summary>
    public int ConnectionStreamWindow { get; init; }

    /// <summary>The services the side offers; their methods are numbered consecutively in this order.</summary>
    public IReadOnlyList<OfferedService> Services { get; init; } = [];

    /// <summary>What the client proves itself with, a scheme and a credential, or null.</summary>
    public string? Credential { get; init; }

    /// <summary>Why the server does not go on, or null.</summary>
    public ErrorMessage? Error { get; init; }

    public void Write(IBufferWriter<byte> output)
    {
        MessagePackWriter writer = new(output);
        writer.WriteMapHeader(9 + (Error is null ? 0 : 1) + (Credential is null ? 0 : 1));
        writer.Write("agent");
        writer.Write(Agent);
        writer.Write("codecs");
        writer.WriteArrayHeader(Codecs.Count);
        foreach (string codec in Codecs) writer.Write(codec);
        writer.Write("maxFrame");
        writer.Write(MaxFrameSize);
        writer.Write("maxMessage");
        writer.Write(MaxMessageSize);
        writer.Write("maxCalls");
        writer.Write(MaxConcurrentCalls);
        writer.Write("maxHeaders");
        writer.Write(MaxHeaderSize);
        writer.Write("streamWindow");
        writer.Write(StreamWindow);
        writer.Write("streamsWindow");
        writer.Write(ConnectionStreamWindow);
        writer.Write("services");
        writer.WriteArrayHeader(Services.Count);
        foreach (OfferedService service in Services)
        {
            writer.WriteArrayHeader(4);
            writer.Write(service.Name);
            writer.Write(service.Version);
            writer.Write(service.Fingerprint);
            writer.Write(service.MethodCount);
        }

        if (Credential is not null)
        {
            writer.Write("credential");
            writer.Write(Credential);
        }

        if (Error is { } error)
        {
            writer.Write("error");
            writer.Flush();
            error.Write(output);
        }
        else
        {
            writer.Flush();
        }
    }

    /// <exception cref="RpcSerializationException">The payload is not a hello.</exception>
    public static HelloMessage Read(in ReadOnlySequence<byte> payload)
    {
        MessagePackReader reader = new(payload);
        HelloMessage hello = new();
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            switch (reader.ReadString())
            {
                case "agent": hello = hello with { Agent = reader.ReadString() ?? "" }; break;
                case "codecs": hello = hello with { Codecs = ReadCodecs(ref reader) }; break;
                case "maxFrame": hello = hello with { MaxFrameSize = ReadLimit(ref reader, "maxFrame", 16 * 1024) }; break;
                case "maxMessage": hello = hello with { MaxMessageSize = ReadLimit(ref reader, "maxMessage", 1024) }; break;
                case "maxCalls": hello = hello with { MaxConcurrentCalls = ReadLimit(ref reader, "maxCalls", 0) }; break;
                case "maxHeaders": hello = hello with { MaxHeaderSize = ReadLimit(ref reader, "maxHeaders", 0) }; break;
                case "streamWindow": hello = hello with { StreamWindow = ReadLimit(ref reader, "streamWindow", 0) }; break;
                case "streamsWindow": hello = hello with { ConnectionStreamWindow = ReadLimit(ref reader, "streamsWindow", 0) }; break;
                case "services": hello = hello with { Services = ReadServices(ref reader) }; break;
                case "credential": hello = hello with { Credential = reader.ReadString() }; break;
                case "error": hello = hello with { Error = ReadError(ref reader, payload) }; break;
                default: reader.Skip(); break;
            }
        }

        if (hello.Error is null && (hello.Codecs.Count == 0 || hello.MaxFrameSize == 0 || hello.MaxMessageSize == 0))
        {
            throw new RpcSerializationException("A hello must hold 'codecs', 'maxFrame' and 'maxMessage'.");
        }

        return hello;
    }

    /// <summary>What the text of a record shows: never the credential.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Agent = {Agent}, Codecs = {string.Join(' ', Codecs)}, {Secrets.Describe(Credential)}");
        return true;
    }

    private static string[] ReadCodecs(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        if (count > MaxCodecs) throw new RpcSerializationException($"A hello offers {count} codecs; at most {MaxCodecs} are read.");
        string[] codecs = new string[count];
        for (int i = 0; i < count; i++) codecs[i] = reader.ReadString() ?? "";
        return codecs;
    }

    private static int ReadLimit(ref MessagePackReader reader, string name, int least)
    {
        int value = reader.ReadInt32();
        return value >= least ? value : throw new RpcSerializationException($"A hello has {name} = {value}; it must be at least {least}.");
    }

    private static List<OfferedService> ReadServices(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        List<OfferedService> services = [];
        int methods = 0;
        for (int i = 0; i < count; i++)
        {
            int fields = reader.ReadArrayHeader();
            if (fields < 4) throw new RpcSerializationException($"A hello describes a service with {fields} fields; it needs 4.");
            OfferedService service = new(
                reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadUInt64(), reader.ReadUInt16(), (ushort)methods);
            for (int extra = 4; extra < fields; extra++) reader.Skip();
            methods += service.MethodCount;
            if (methods > ushort.MaxValue) throw new RpcSerializationException("A hello numbers more than 65,535 methods.");
            services.Add(service);
        }

        return services;
    }

    private static ErrorMessage ReadError(ref MessagePackReader reader, in ReadOnlySequence<byte> payload)
    {
        ErrorMessage error = ErrorMessage.Read(payload.Slice(reader.Consumed));
        reader.Skip();
        return error;
    }
}
