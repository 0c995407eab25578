using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Errors;

/// <summary>
/// The errors that one method declares, bound to one codec. A derived type comes before its base, so the first match is the best.
/// </summary>
internal sealed class DeclaredErrors
{
    private readonly RpcErrorSerializer[] _errors;

    private DeclaredErrors(RpcErrorSerializer[] errors) => _errors = errors;

    /// <summary>Binds the errors of a method.</summary>
    /// <returns>Null when it declares none.</returns>
    /// <exception cref="NotSupportedException">The codec cannot serialize one of them.</exception>
    public static DeclaredErrors? Bind(RpcMethod method, ICodec codec) =>
        method.Errors.Count == 0 ? null : new DeclaredErrors([.. method.Errors.Select(error => error.Bind(codec))]);

    /// <summary>Finds the most derived declared type of an exception.</summary>
    public RpcErrorSerializer? FindException(Exception error) => Find(error, isException: true);

    /// <summary>Finds the most derived declared type of a detail.</summary>
    public RpcErrorSerializer? FindDetail(object detail) => Find(detail, isException: false);

    /// <summary>Makes the exception that the caller gets of an error message with a detail.</summary>
    /// <param name="connection">Where it came from; it notes what cannot be read.</param>
    /// <param name="methodName">The method that was called.</param>
    /// <param name="message">The message.</param>
    /// <returns>
    /// The declared exception itself; an <see cref="RpcException"/>, with the detail if it can be read, for everything else.
    /// </returns>
    public Exception Read(RpcConnection connection, string methodName, ErrorMessage message)
    {
        RpcException plain = message.ToException();

        // A type that is not declared here is no mistake: the server's contract may be newer.
        if (Array.Find(_errors, error => error.Type.Name == message.DetailType) is not { } declared) return plain;
        try
        {
            object? value = declared.Deserialize(new ReadOnlySequence<byte>(message.DetailPayload));
            if (value is null) return plain;
            if (!declared.Type.IsException) return plain.WithDetail(value);
            Exception exception = (Exception)value;
            RpcRemoteError.Mark(exception, plain);
            return exception;
        }
        catch (Exception e)
        {
            // Whatever a user's constructor or setter throws: the call has failed already, with a code and a message.
            connection.DetailNotReadable(methodName, message.DetailType, e);
            return plain;
        }
    }

    private RpcErrorSerializer? Find(object error, bool isException)
    {
        foreach (RpcErrorSerializer declared in _errors)
        {
            if (declared.Type.IsException == isException && declared.Type.Matches(error)) return declared;
        }

        return null;
    }
}
