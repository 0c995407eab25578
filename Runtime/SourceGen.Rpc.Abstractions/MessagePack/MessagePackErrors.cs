using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.MessagePack;

/// <summary>Throw helpers: they keep the messages, and the code that builds them, out of the hot paths.</summary>
internal static class MessagePackErrors
{
    /// <summary>A value of another kind than the contract's type.</summary>
    [DoesNotReturn]
    internal static void Unexpected(string expected, byte code, long offset) =>
        throw new RpcSerializationException($"Expected {expected} but found {Describe(code)} at offset {offset}.");

    /// <summary>The bytes end before, or within, a value.</summary>
    [DoesNotReturn]
    internal static void EndOfInput(string expected, long offset, long length) =>
        throw new RpcSerializationException($"Expected {expected} at offset {offset} but the data ends after {length} bytes.");

    /// <summary>An integer that does not fit the contract's type.</summary>
    [DoesNotReturn]
    internal static void OutOfRange(string expected, string found, byte code, long offset) =>
        throw new RpcSerializationException(
            $"Expected {expected} but found {found} ({Describe(code)}) at offset {offset}, which does not fit.");

    /// <summary>A length that goes beyond the data.</summary>
    [DoesNotReturn]
    internal static void TooLong(string what, long claimed, string unit, byte code, long offset, long remaining) =>
        throw new RpcSerializationException(
            $"{what} ({Describe(code)}) at offset {offset} claims {claimed} {unit}, which the remaining {remaining} bytes cannot hold.");

    /// <summary>A value of the right kind whose content is wrong.</summary>
    [DoesNotReturn]
    internal static void Invalid(string expected, string reason, long offset) =>
        throw new RpcSerializationException($"Expected {expected} at offset {offset}, but {reason}.");

    /// <summary>More nesting than is read.</summary>
    [DoesNotReturn]
    internal static void TooDeepToRead(long offset) =>
        throw new RpcSerializationException(
            $"The data at offset {offset} is nested more than {MessagePackLimits.MaxDepth} levels deep; deeper data is refused.");

    /// <summary>More nesting than is written.</summary>
    [DoesNotReturn]
    internal static void TooDeepToWrite() =>
        throw new RpcSerializationException(
            $"The value is nested more than {MessagePackLimits.MaxDepth} levels deep. Look for an object that refers back to itself, " +
            "or send a flatter structure.");

    /// <summary>More nesting than is read, in a value whose type is known.</summary>
    [DoesNotReturn]
    internal static void TooDeepToRead(string type, long offset) =>
        throw new RpcSerializationException(
            $"The data at offset {offset}, of type '{type}', is nested more than {MessagePackLimits.MaxDepth} levels deep; deeper data is "
            + "refused.");

    /// <summary>More nesting than is written, at a value whose type is known.</summary>
    [DoesNotReturn]
    internal static void TooDeepToWrite(string type) =>
        throw new RpcSerializationException(
            $"The value is nested more than {MessagePackLimits.MaxDepth} levels deep, at a '{type}'. Look for an object that refers "
            + "back to itself, or send a flatter structure.");

    /// <summary>A count that no collection can have.</summary>
    [DoesNotReturn]
    internal static void NegativeCount(int count) =>
        throw new RpcSerializationException($"A collection reported {count} elements; a count cannot be negative.");

    /// <summary>A string whose UTF-8 form could exceed what a buffer can address.</summary>
    [DoesNotReturn]
    internal static void StringTooLong(int length, int limit) =>
        throw new RpcSerializationException($"A string of {length} characters cannot be encoded; the limit is {limit}.");

    /// <summary>More bytes than one value may have.</summary>
    [DoesNotReturn]
    internal static void BytesTooLong(long length, int limit) =>
        throw new RpcSerializationException($"A sequence of {length} bytes cannot be encoded; the limit is {limit}.");

    /// <summary>An <see cref="System.Buffers.IBufferWriter{T}"/> that does not keep its contract.</summary>
    [DoesNotReturn]
    internal static void ShortBuffer(int asked, int got) =>
        throw new RpcSerializationException(
            $"The buffer writer was asked for {asked} bytes and returned {got}; GetSpan must return at least what is asked for.");

    /// <summary>Leave without Enter.</summary>
    [DoesNotReturn]
    internal static void Unbalanced() =>
        throw new RpcSerializationException("Leave was called more often than Enter; every level that is entered is left once.");

    private static string Describe(byte code) => $"{MessagePackFormat.NameOf(code)} (0x{code:x2})";
}
