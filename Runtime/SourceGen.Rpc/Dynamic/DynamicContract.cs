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

    private static RpcMethod<DynamicTarget> Create(
        ContractSchema schema, SchemaMethod method, MethodDescription? description, int maxJsonSize)
    {
        // Every method takes a token: giving up costs the caller nothing when the handler does not look at it.
        RpcMethodOptions options = RpcMethodOptions.Cancellable;
        if (method.Reply == SchemaReply.OneWay) options |= RpcMethodOptions.OneWay;
        if (description?.Idempotent == true) options |= RpcMethodOptions.Idempotent;
        int timeoutMs = Math.Max(-1, description?.TimeoutMs ?? 0);
        if (method.Result is not { } result)
        {
            return new ActionMethod<DynamicTarget, EncodedArguments>(
                method.Name,
                options,
                timeoutMs,
                Arguments,
                static (DynamicTarget _, in EncodedArguments _, CancellationToken _) => throw OneSided());
        }

        MessagePackToJson reader = new(schema, result, maxJsonSize);
        TypeShape<ReadOnlyMemory<byte>> json = new(
            static (ref MessagePackWriter _, in ReadOnlyMemory<byte> _) => throw OneSided(), reader.Read);
        return new UnaryMethod<DynamicTarget, EncodedArguments, ReadOnlyMemory<byte>>(
            method.Name,
            options,
            timeoutMs,
            Arguments,
            json,
            static (DynamicTarget _, in EncodedArguments _, CancellationToken _) => throw OneSided());
    }

    private static void WriteArguments(ref MessagePackWriter writer, in EncodedArguments arguments) =>
        writer.WriteRaw(arguments.MessagePack.Span);

    private static EncodedArguments ReadArguments(ref MessagePackReader reader) => throw OneSided();

    private static NotSupportedException OneSided() => new("A contract that was made at run time can be called, not served.");
}
