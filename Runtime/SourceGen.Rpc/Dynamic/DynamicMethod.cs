using System.Text;
using System.Text.Json;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;

namespace SourceGen.Rpc.Dynamic;

/// <summary>A method of a <see cref="DynamicService"/>: calls it with JSON and returns JSON, streams item by item. Thread safe.</summary>
public sealed partial class DynamicMethod
{
    private static readonly ReadOnlyMemory<byte> s_null = "null"u8.ToArray();

    /// <summary>Objects may nest as deep as MessagePack's do; pairs of a map's entries and the arguments' own level come on top.</summary>
    private static readonly JsonDocumentOptions s_documentOptions = new() { MaxDepth = 320 };

    private readonly SchemaMethod _method;

    /// <summary>The method without the stream that it takes, which does not travel in the request.</summary>
    private readonly SchemaMethod _ordinary;
    private readonly SchemaParameter? _stream;
    private readonly ContractSchema _schema;
    private readonly DynamicRpcOptions _options;
    private readonly int _maxMessageSize;
    private readonly UnaryInvoker<EncodedArguments, ReadOnlyMemory<byte>>? _unary;
    private readonly ActionInvoker<EncodedArguments>? _action;
    private readonly ServerStreamInvoker<EncodedArguments, ReadOnlyMemory<byte>>? _download;
    private readonly ClientStreamInvoker<EncodedArguments, EncodedItem, ReadOnlyMemory<byte>>? _upload;
    private readonly ClientStreamActionInvoker<EncodedArguments, EncodedItem>? _uploadAction;
    private readonly DuplexInvoker<EncodedArguments, EncodedItem, ReadOnlyMemory<byte>>? _duplex;

    internal DynamicMethod(
        RpcChannel channel,
        RpcMethod<DynamicTarget> bound,
        ContractSchema schema,
        SchemaMethod method,
        DynamicRpcOptions options,
        int maxMessageSize)
    {
        _schema = schema;
        _stream = Array.Find(method.Parameters, static parameter => parameter.IsStream);
        _method = method;
        _ordinary = _stream is null
            ? method
            : method with { Parameters = Array.FindAll(method.Parameters, static parameter => !parameter.IsStream) };
        _options = options;
        _maxMessageSize = maxMessageSize;
        FullName = bound.FullName;
        IsIdempotent = (bound.Options & RpcMethodOptions.Idempotent) != 0;
        TimeoutMs = bound.TimeoutMs;
        Parameters = Array.ConvertAll(
            method.Parameters, parameter => new DynamicParameter(parameter.Name, parameter.Type.ToString(), parameter.HasDefault));
        StringBuilder signature = new();
        method.AppendTo(signature);
        Signature = signature.ToString("method ".Length, signature.Length - "method ".Length - 1);
        switch (bound)
        {
            case UnaryMethod<DynamicTarget, EncodedArguments, ReadOnlyMemory<byte>> unary:
                _unary = channel.Bind(unary);
                break;
            case ServerStreamMethod<DynamicTarget, EncodedArguments, ReadOnlyMemory<byte>> download:
                _download = channel.Bind(download);
                break;
            case ClientStreamMethod<DynamicTarget, EncodedArguments, EncodedItem, ReadOnlyMemory<byte>> upload:
                _upload = channel.Bind(upload);
                break;
            case ClientStreamActionMethod<DynamicTarget, EncodedArguments, EncodedItem> upload:
                _uploadAction = channel.Bind(upload);
                break;
            case DuplexMethod<DynamicTarget, EncodedArguments, EncodedItem, ReadOnlyMemory<byte>> duplex:
                _duplex = channel.Bind(duplex);
                break;
            default:
                _action = channel.Bind((ActionMethod<DynamicTarget, EncodedArguments>)bound);
                break;
        }
    }

    /// <summary>The method's name on the wire.</summary>
    public string Name => _method.Name;

    /// <summary>Service and method: <c>Shop.Greeter/Hello</c>.</summary>
    public string FullName { get; }

    /// <summary>The method as docs/contract-schema.md writes it: <c>Hello(name: string, times: int32 = default) -> string</c>.</summary>
    public string Signature { get; }

    /// <summary>The parameters in order.</summary>
    public IReadOnlyList<DynamicParameter> Parameters { get; }

    /// <summary>What it answers with: a type, <c>void</c> or <c>oneway</c>.</summary>
    public string Result => _method.ReplyText;

    /// <summary>Whether no reply is sent.</summary>
    public bool IsOneWay => _method.Reply == SchemaReply.OneWay;

    /// <summary>Whether calling it twice has the same effect as calling it once. False when the server does not say.</summary>
    public bool IsIdempotent { get; }

    /// <summary>
    /// The contract's own time limit in milliseconds; 0, also when the server does not say, takes the client's default, -1 is no limit.
    /// </summary>
    public int TimeoutMs { get; }

    /// <summary>Calls the method.</summary>
    /// <param name="arguments">
    /// JSON in UTF-8: an object with the arguments by parameter name, or an array of them in order. Empty for none. docs/generic-client.md
    /// says what each type looks like.
    /// </param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result as JSON in UTF-8; <c>null</c> for a method without one.</returns>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.InvalidArgument"/>, with <see cref="RpcCallProgress.NotSent"/>: the arguments do not fit the method; the
    /// message names the place. Otherwise the call failed, as with generated code.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken = default)
    {
        if (_method.HasStream) throw WrongKind();
        EncodedArguments encoded = Encode(arguments);
        if (_unary is not null) return await _unary.InvokeAsync(encoded, cancellationToken).ConfigureAwait(false);
        await _action!.InvokeAsync(encoded, cancellationToken).ConfigureAwait(false);
        return s_null;
    }

    /// <summary>Calls the method.</summary>
    /// <param name="arguments">An object with the arguments by parameter name, or an array of them in order; undefined for none.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result; JSON's null for a method without one.</returns>
    /// <exception cref="RpcException">The arguments do not fit, or the call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<JsonElement> CallAsync(JsonElement arguments, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> json = arguments.ValueKind == JsonValueKind.Undefined ? default : Utf8Of(arguments);
        ReadOnlyMemory<byte> result = await CallAsync(json, cancellationToken).ConfigureAwait(false);
        return Parse(result);
    }

    /// <summary>Calls the method and writes what it returns.</summary>
    /// <param name="arguments">As in <see cref="CallAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.</param>
    /// <param name="output">Where the result goes, as one value; not flushed.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <exception cref="RpcException">The arguments do not fit, or the call failed; nothing was written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; nothing was written.</exception>
    public async ValueTask CallAsync(ReadOnlyMemory<byte> arguments, Utf8JsonWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ReadOnlyMemory<byte> result = await CallAsync(arguments, cancellationToken).ConfigureAwait(false);
        output.WriteRawValue(result.Span, skipInputValidation: true);
    }

    /// <summary>The signature.</summary>
    public override string ToString() => Signature;

    /// <summary>Reads a result.</summary>
    internal static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, s_documentOptions);
        return document.RootElement.Clone();
    }

    private static ReadOnlyMemory<byte> Utf8Of(JsonElement element) =>
        System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).ToArray();

    private EncodedArguments Encode(ReadOnlyMemory<byte> arguments)
    {
        try
        {
            if (arguments.IsEmpty) arguments = "[]"u8.ToArray();
            using JsonDocument document = JsonDocument.Parse(arguments, s_documentOptions);

            JsonToMessagePack writer = CreateWriter(arguments.Length);
            return new EncodedArguments(writer.WriteArguments(_ordinary, document.RootElement));
        }
        catch (JsonException e)
        {
            throw Refused(RpcStatusCode.InvalidArgument, $"the arguments are not JSON: {e.Message}", e);
        }
        catch (TranscodingException e)
        {
            throw Refused(RpcStatusCode.InvalidArgument, e.Message, e);
        }
        catch (RpcSerializationException e)
        {
            throw Refused(RpcStatusCode.InvalidArgument, e.Message, e);
        }
    }

    private JsonToMessagePack CreateWriter(int jsonLength)
    {
        // What hostile schemas could make of a few bytes, such as objects with gaps of thousands of members, has its limit.
        long limit = Math.Min(Array.MaxLength, Math.Max(_maxMessageSize, jsonLength * 64L));
        return new JsonToMessagePack(_schema, _options.AllowMissingMembers, new BoundedBuffer((int)limit));
    }

    private RpcException Refused(RpcStatusCode code, string detail, Exception cause) =>
        new(code, $"{FullName} was not called: {detail}", cause) { Progress = RpcCallProgress.NotSent };
}
