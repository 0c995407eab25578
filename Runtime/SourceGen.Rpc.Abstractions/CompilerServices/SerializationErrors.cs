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
}
