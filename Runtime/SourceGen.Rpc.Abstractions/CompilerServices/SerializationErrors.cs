using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>The errors that generated serializers find themselves, out of line so that the serializers stay small.</summary>
public static class SerializationErrors
{
    /// <summary>A request ended before a parameter that has no default value.</summary>
    /// <param name="method">The method, as <c>service/method</c>.</param>
    /// <param name="found">How many arguments the request has.</param>
    /// <param name="parameters">The names of all parameters without default values, in order.</param>
    /// <exception cref="RpcSerializationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowMissingParameter(string method, int found, params ReadOnlySpan<string> parameters) =>
        throw new RpcSerializationException(
            $"The request of '{method}' holds {found} of at least {parameters.Length} arguments: parameter '{parameters[found]}' has "
            + "no default value and must be sent.");

    /// <summary>A tuple has another length than its type.</summary>
    /// <param name="type">The tuple's type.</param>
    /// <param name="expected">How many elements the type has.</param>
    /// <param name="found">How many elements the data has.</param>
    /// <param name="offset">The offset behind the array header.</param>
    /// <exception cref="RpcSerializationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowTupleLength(string type, int expected, int found, long offset) =>
        throw new RpcSerializationException($"Expected an array of {expected} elements for '{type}', found one of {found}, before "
            + $"offset {offset}.");

    /// <summary>A dictionary's key is nil.</summary>
    /// <param name="type">The dictionary's type.</param>
    /// <param name="offset">The offset behind the key.</param>
    /// <exception cref="RpcSerializationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowNilKey(string type, long offset) =>
        throw new RpcSerializationException($"A key of '{type}' is nil, which a dictionary cannot hold, before offset {offset}.");

    /// <summary>A collection gave another number of elements than its count said, so what was written is not valid.</summary>
    /// <param name="type">The collection's type.</param>
    /// <exception cref="RpcSerializationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowCollectionChanged(string type) =>
        throw new RpcSerializationException($"The '{type}' changed while it was written: do not modify a collection until the call "
            + "that sends it has returned.");

    /// <summary>A value is of a type that its union does not list.</summary>
    /// <param name="union">The union's type.</param>
    /// <param name="value">The value.</param>
    /// <param name="cases">What the union lists.</param>
    /// <exception cref="RpcSerializationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowUnlistedCase(string union, object value, string cases)
    {
        ArgumentNullException.ThrowIfNull(value);
        throw new RpcSerializationException($"A value of type '{value.GetType()}' cannot be sent as '{union}', whose cases are {cases}: "
            + "list it there with [Union(tag, typeof(...))], or send one of the cases.");
    }

    /// <summary>A case has a tag that its union does not list.</summary>
    /// <param name="union">The union's type.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="cases">What the union lists.</param>
    /// <param name="offset">The offset behind the tag.</param>
    /// <exception cref="RpcSerializationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowUnknownCase(string union, int tag, string cases, long offset) =>
        throw new RpcSerializationException(
            $"The tag {tag} before offset {offset} is of no case of '{union}' that is known here, which are {cases}: the peer has another "
            + "version of it. Bring this side up to date, or give the union a [UnionFallback].");
}
