using System.Buffers;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>One parameter of a method, as a member of the struct that holds its arguments.</summary>
/// <typeparam name="TRequest">That struct.</typeparam>
public abstract class RequestMember<TRequest>
{
    private protected RequestMember(string name, bool optional)
    {
        Name = name;
        Optional = optional;
    }

    /// <summary>The parameter's name.</summary>
    public string Name { get; }

    /// <summary>Whether it has a default value, which it gets when the peer does not send it.</summary>
    public bool Optional { get; }

    /// <summary>Gets the codec's serializer for the parameter's type, attached to the member.</summary>
    /// <param name="codec">The codec.</param>
    /// <exception cref="NotSupportedException">The codec cannot serialize the type.</exception>
    public abstract RequestMemberSerializer<TRequest> Bind(ICodec codec);

    /// <summary>Gets the parameter's value as an object.</summary>
    /// <param name="request">The arguments.</param>
    public abstract object? GetObject(in TRequest request);

    /// <summary>Sets the parameter's value.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The value is of another type than the parameter.</exception>
    public abstract void SetObject(ref TRequest request, object? value);
}

/// <summary>Writes and reads one parameter of a request in one codec's format.</summary>
/// <typeparam name="TRequest">The struct that holds the arguments.</typeparam>
public abstract class RequestMemberSerializer<TRequest>
{
    private protected RequestMemberSerializer()
    {
    }

    /// <summary>Writes the parameter's value.</summary>
    /// <param name="writer">Where the bytes go.</param>
    /// <param name="request">The arguments.</param>
    public abstract void Serialize(IBufferWriter<byte> writer, in TRequest request);

    /// <summary>Reads the parameter's value into the request.</summary>
    /// <param name="data">The encoded value.</param>
    /// <param name="request">The arguments.</param>
    public abstract void Deserialize(in ReadOnlySequence<byte> data, ref TRequest request);
}

/// <summary>Gets a parameter's value from a request.</summary>
/// <typeparam name="TRequest">The struct that holds the arguments.</typeparam>
/// <typeparam name="TValue">The parameter's type.</typeparam>
/// <param name="request">The arguments.</param>
public delegate TValue RequestGetter<TRequest, out TValue>(in TRequest request);

/// <summary>Sets a parameter's value in a request.</summary>
/// <typeparam name="TRequest">The struct that holds the arguments.</typeparam>
/// <typeparam name="TValue">The parameter's type.</typeparam>
/// <param name="request">The arguments.</param>
/// <param name="value">The value.</param>
public delegate void RequestSetter<TRequest, in TValue>(ref TRequest request, TValue value);

/// <summary>One parameter with its type.</summary>
/// <typeparam name="TRequest">The struct that holds the arguments.</typeparam>
/// <typeparam name="TValue">The parameter's type.</typeparam>
/// <param name="name">The parameter's name.</param>
/// <param name="optional">Whether it has a default value.</param>
/// <param name="shape">How its type is serialized.</param>
/// <param name="get">Gets its value.</param>
/// <param name="set">Sets its value.</param>
public sealed class RequestMember<TRequest, TValue>(
    string name, bool optional, TypeShape<TValue> shape, RequestGetter<TRequest, TValue> get, RequestSetter<TRequest, TValue> set)
    : RequestMember<TRequest>(name, optional)
{
    /// <inheritdoc/>
    public override RequestMemberSerializer<TRequest> Bind(ICodec codec) => new Serializer(codec.GetSerializer(shape), get, set);

    /// <summary>Gets the parameter's value.</summary>
    /// <param name="request">The arguments.</param>
    public TValue Get(in TRequest request) => get(in request);

    /// <summary>Sets the parameter's value.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="value">The value.</param>
    public void Set(ref TRequest request, TValue value) => set(ref request, value);

    /// <inheritdoc/>
    public override object? GetObject(in TRequest request) => get(in request);

    /// <inheritdoc/>
    public override void SetObject(ref TRequest request, object? value)
    {
        if (value is TValue typed) set(ref request, typed);
        else if (value is null && default(TValue) is null) set(ref request, default!);
        else ThrowWrongType(value);
    }

    private void ThrowWrongType(object? value)
    {
        string found = value?.GetType().ToString() ?? "null";
        throw new ArgumentException($"Argument '{Name}' is of type {typeof(TValue)}, not {found}.", nameof(value));
    }

    private sealed class Serializer(ISerializer<TValue> serializer, RequestGetter<TRequest, TValue> get, RequestSetter<TRequest, TValue> set)
        : RequestMemberSerializer<TRequest>
    {
        public override void Serialize(IBufferWriter<byte> writer, in TRequest request) => serializer.Serialize(writer, get(request));

        public override void Deserialize(in ReadOnlySequence<byte> data, ref TRequest request) =>
            set(ref request, serializer.Deserialize(data));
    }
}
