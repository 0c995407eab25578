using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic;

/// <summary>
/// Makes a contract of a schema, as the source generator makes it of an interface. The engine then treats its calls like any other: time
/// limits, cancellation, reconnection, and the comparison with a server whose contract has changed meanwhile.
/// </summary>
internal static class DynamicContract
{
    /// <summary>How the arguments of every method are written.</summary>
    public static TypeShape<EncodedArguments> Arguments { get; } = new(WriteArguments, ReadArguments);

    /// <summary>How the items of every stream that is sent are written.</summary>
    private static TypeShape<EncodedItem> Items { get; } = new(
        static (ref MessagePackWriter writer, in EncodedItem item) => writer.WriteRaw(item.MessagePack.Span),
        static (ref MessagePackReader _) => throw OneSided());

    /// <summary>Makes the contract.</summary>
    /// <param name="name">The service's name.</param>
    /// <param name="version">Its version label.</param>
    /// <param name="fingerprint">The fingerprint that the server announced.</param>
    /// <param name="text">The schema.</param>
    /// <param name="schema">The schema, read.</param>
    /// <param name="descriptions">What the schema does not say of the methods; null when nothing is known.</param>
    /// <param name="maxJsonSize">The most bytes of JSON that a result may become.</param>
    public static RpcContract<DynamicTarget> Create(
        string name,
        string version,
        ulong fingerprint,
        string text,
        ContractSchema schema,
        IReadOnlyList<MethodDescription>? descriptions,
        int maxJsonSize)
    {
        RpcMethod<DynamicTarget>[] methods = new RpcMethod<DynamicTarget>[schema.Methods.Length];
        for (int i = 0; i < methods.Length; i++)
        {
            SchemaMethod method = schema.Methods[i];
            methods[i] = Create(schema, method, descriptions?.FirstOrDefault(description => description.Name == method.Name), maxJsonSize);
        }

        return new RpcContract<DynamicTarget>(name, version, fingerprint, text, methods, static _ => throw new NotSupportedException());
    }

    /// <summary>Stands for a service whose methods are not known yet, or do not matter.</summary>
    public static RpcContract<DynamicTarget> NameOnly(string name, string version) =>
        new(name, version, fingerprint: 0, schema: "", methods: [], static _ => throw new NotSupportedException());

    private static RpcMethod<DynamicTarget> Create(
        ContractSchema schema, SchemaMethod method, MethodDescription? description, int maxJsonSize)
    {
        // Every method takes a token: giving up costs the caller nothing when the handler does not look at it.
        RpcMethodOptions options = RpcMethodOptions.Cancellable;
        if (method.Reply == SchemaReply.OneWay) options |= RpcMethodOptions.OneWay;
        if (description?.Idempotent == true) options |= RpcMethodOptions.Idempotent;
        int timeoutMs = Math.Max(-1, description?.TimeoutMs ?? 0);
        if (method.HasStream) return CreateStreaming(schema, method, options, timeoutMs, maxJsonSize);
        if (method.Result is not { } result)
        {
            return new ActionMethod<DynamicTarget, EncodedArguments>(
                method.Name,
                options,
                timeoutMs,
                Arguments,
                static (DynamicTarget _, in EncodedArguments _, CancellationToken _) => throw OneSided());
        }

        return new UnaryMethod<DynamicTarget, EncodedArguments, ReadOnlyMemory<byte>>(
            method.Name,
            options,
            timeoutMs,
            Arguments,
            Json(schema, result, maxJsonSize),
            static (DynamicTarget _, in EncodedArguments _, CancellationToken _) => throw OneSided());
    }

    private static RpcMethod<DynamicTarget> CreateStreaming(
        ContractSchema schema, SchemaMethod method, RpcMethodOptions options, int timeoutMs, int maxJsonSize)
    {
        bool takesStream = Array.Exists(method.Parameters, static parameter => parameter.IsStream);
        if (method.Result is not { } result)
        {
            return new ClientStreamActionMethod<DynamicTarget, EncodedArguments, EncodedItem>(
                method.Name,
                options,
                timeoutMs,
                Arguments,
                Items,
                static (DynamicTarget _, in EncodedArguments _, IAsyncEnumerable<EncodedItem> _, CancellationToken _) => throw OneSided());
        }

        if (result.Kind != SchemaKind.Stream)
        {
            return new ClientStreamMethod<DynamicTarget, EncodedArguments, EncodedItem, ReadOnlyMemory<byte>>(
                method.Name,
                options,
                timeoutMs,
                Arguments,
                Items,
                Json(schema, result, maxJsonSize),
                static (DynamicTarget _, in EncodedArguments _, IAsyncEnumerable<EncodedItem> _, CancellationToken _) => throw OneSided());
        }

        TypeShape<ReadOnlyMemory<byte>> item = Json(schema, result.Arguments[0], maxJsonSize);
        return takesStream
            ? new DuplexMethod<DynamicTarget, EncodedArguments, EncodedItem, ReadOnlyMemory<byte>>(
                method.Name,
                options,
                timeoutMs,
                Arguments,
                Items,
                item,
                static (DynamicTarget _, in EncodedArguments _, IAsyncEnumerable<EncodedItem> _, CancellationToken _) => throw OneSided())
            : new ServerStreamMethod<DynamicTarget, EncodedArguments, ReadOnlyMemory<byte>>(
                method.Name,
                options,
                timeoutMs,
                Arguments,
                item,
                static (DynamicTarget _, in EncodedArguments _, CancellationToken _) => throw OneSided());
    }

    /// <summary>How values of a type are read: as JSON.</summary>
    private static TypeShape<ReadOnlyMemory<byte>> Json(ContractSchema schema, SchemaType type, int maxJsonSize) => new(
        static (ref MessagePackWriter _, in ReadOnlyMemory<byte> _) => throw OneSided(),
        new MessagePackToJson(schema, type, maxJsonSize).Read);

    private static void WriteArguments(ref MessagePackWriter writer, in EncodedArguments arguments) =>
        writer.WriteRaw(arguments.MessagePack.Span);

    private static EncodedArguments ReadArguments(ref MessagePackReader reader) => throw OneSided();

    private static NotSupportedException OneSided() => new("A contract that was made at run time can be called, not served.");
}
