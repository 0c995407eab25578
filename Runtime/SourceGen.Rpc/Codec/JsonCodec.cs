using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SourceGen.Rpc.Codec.Json;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// A codec of JSON text, for peers that speak no MessagePack and for watching a connection. It serializes through System.Text.Json's own
/// source generator: every parameter and result type needs a <c>[JsonSerializable(typeof(X))]</c> on the context given here. A
/// request is an array of its arguments.
/// </summary>
public sealed class JsonCodec : ICodec
{
    private readonly string _source;

    /// <summary>Creates a codec that serializes as the context and its options say.</summary>
    /// <param name="context">The user's context, such as <c>MyJsonContext.Default</c>.</param>
    public JsonCodec(JsonSerializerContext context)
        : this((context ?? throw new ArgumentNullException(nameof(context))).Options, context.GetType().Name)
    {
    }

    /// <summary>Creates a codec that serializes as the options say, with several contexts combined for example.</summary>
    /// <param name="options">Options with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>; they become read-only.</param>
    /// <exception cref="ArgumentException">The options have no resolver; without one JSON would need reflection.</exception>
    public JsonCodec(JsonSerializerOptions options)
        : this(options ?? throw new ArgumentNullException(nameof(options)), "the context behind the options")
    {
    }

    private JsonCodec(JsonSerializerOptions options, string source)
    {
        if (options.TypeInfoResolver is null)
        {
            throw new ArgumentException(
                "The options have no TypeInfoResolver. Set it to a JsonSerializerContext, or to several with JsonTypeInfoResolver.Combine.",
                nameof(options));
        }

        options.MakeReadOnly();
        _source = source;
        Options = options;
        Writers = new JsonWriterCache(options);
        ReaderOptions = new JsonReaderOptions
        {
            AllowTrailingCommas = options.AllowTrailingCommas,
            CommentHandling = options.ReadCommentHandling,
            MaxDepth = options.MaxDepth,
        };
    }

    /// <inheritdoc/>
    public string Name => "json";

    internal JsonSerializerOptions Options { get; }

    internal JsonReaderOptions ReaderOptions { get; }

    internal JsonWriterCache Writers { get; }

    /// <summary>
    /// Adds converters of the types that System.Text.Json has no form of its own for: BigInteger, Complex, Rune, Index, Range, BitArray,
    /// StringBuilder, and the vectors and quaternions of System.Numerics. docs/codec.md says what they look like.
    /// </summary>
    /// <param name="options">
    /// Options that are not read-only yet, such as <c>new JsonSerializerOptions(MyJsonContext.Default.Options)</c>. Converters that are
    /// there already go first.
    /// </param>
    /// <exception cref="InvalidOperationException">The options are read-only.</exception>
    public static void AddConverters(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (JsonConverter converter in JsonConverters.All) options.Converters.Add(converter);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">
    /// The context does not know the type; the message names the attribute to add. Or System.Text.Json would lose what a type holds.
    /// </exception>
    public ISerializer<T> GetSerializer<T>(TypeShape<T> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Parameters is not null) return new JsonRequestSerializer<T>(this, shape.Parameters, shape.Initial!);
        if (shape.Members is not null) return new JsonObjectSerializer<T>(this, shape.Members, shape.Initial!);
        if (!Options.TryGetTypeInfo(typeof(T), out JsonTypeInfo? info)) ThrowNotKnown(typeof(T));
        JsonTypeCheck.Check(info);
        return new JsonValueSerializer<T>(this, (JsonTypeInfo<T>)info);
    }

    [DoesNotReturn]
    private void ThrowNotKnown(Type type)
    {
        string name = JsonTypeName.Of(type);
        throw new NotSupportedException($"The JSON codec cannot serialize {name}. Add [JsonSerializable(typeof({name}))] to {_source}.");
    }
}
