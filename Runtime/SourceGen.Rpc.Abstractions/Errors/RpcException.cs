using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc;

/// <summary>
/// A call that failed. Handlers throw it to answer with a code and message of their choice; callers catch it. It survives the round
/// trip: <see cref="Id"/>, <see cref="Code"/>, <see cref="Detail"/> and <see cref="Status"/> arrive as they were sent, and so does a typed
/// detail whose type the contract declares (<see cref="ThrowsAttribute{TError}">[Throws]</see>).
/// </summary>
public class RpcException : Exception
{
    /// <summary>Creates an error with a code and a message for the caller.</summary>
    /// <param name="code">What went wrong, in the vocabulary of <see cref="RpcStatusCode"/>.</param>
    /// <param name="detail">What went wrong, in words meant for the caller.</param>
    /// <param name="innerException">The cause on this side; it is never sent.</param>
    public RpcException(RpcStatusCode code, string detail, Exception? innerException = null)
        : this(code, detail, id: null, status: 0, innerException)
    {
    }

    /// <summary>Creates an error with every field.</summary>
    /// <param name="code">What went wrong, in the vocabulary of <see cref="RpcStatusCode"/>.</param>
    /// <param name="detail">What went wrong, in words meant for the caller.</param>
    /// <param name="id">Names the kind or the occurrence of the error: <c>shop.out-of-stock</c>, a trace id. Null is empty.</param>
    /// <param name="status">A number of the application's own, such as an HTTP status. 0 when it has none.</param>
    /// <param name="innerException">The cause on this side; it is never sent.</param>
    public RpcException(RpcStatusCode code, string detail, string? id, int status, Exception? innerException = null)
        : base(detail, innerException)
    {
        Code = code;
        Id = id ?? "";
        Status = status;
    }

    /// <summary>What went wrong, in the vocabulary of <see cref="RpcStatusCode"/>.</summary>
    public RpcStatusCode Code { get; }

    /// <summary>Names the kind or the occurrence of the error; empty when it has no name.</summary>
    public string Id { get; }

    /// <summary>What went wrong, in words meant for the caller; the same as <see cref="Exception.Message"/>.</summary>
    public string Detail => Message;

    /// <summary>A number of the application's own, such as an HTTP status; 0 when it has none.</summary>
    public int Status { get; }

    /// <summary>
    /// How far the call got. <see cref="RpcCallProgress.NotSent"/> and <see cref="RpcCallProgress.Refused"/> calls did not run and
    /// may be repeated whatever the method does; others only if the method is idempotent.
    /// </summary>
    public RpcCallProgress Progress { get; init; } = RpcCallProgress.Answered;

    /// <summary>
    /// The name on the wire of the typed detail that came with the error; empty when none did. It is there also when the detail itself
    /// could not be read here, because this side's contract is older or declares the type otherwise.
    /// </summary>
    public string DetailType { get; init; } = "";

    /// <summary>The typed detail; null when there is none. <see cref="TryGetDetail{TDetail}"/> gets it as what it is.</summary>
    public object? DetailValue { get; private set; }

    /// <summary>
    /// Adds a typed detail, which the caller reads with <see cref="TryGetDetail{TDetail}"/>. It is sent if the method or its interface
    /// declares its type, or one it derives from, with <see cref="ThrowsAttribute{TError}">[Throws]</see>; a detail that is not declared,
    /// cannot be serialized or has more than 64 KiB is left out and noted in the server's log, and the error arrives without it.
    /// </summary>
    /// <typeparam name="TDetail">A class, struct or record that can be serialized.</typeparam>
    /// <param name="detail">The detail; it replaces the one that was there.</param>
    /// <returns>This exception, to be thrown.</returns>
    public RpcException WithDetail<TDetail>(TDetail detail)
        where TDetail : notnull
    {
        ArgumentNullException.ThrowIfNull(detail);
        DetailValue = detail;
        return this;
    }

    /// <summary>Gets the typed detail.</summary>
    /// <typeparam name="TDetail">Its type, or a base of it.</typeparam>
    /// <param name="detail">The detail.</param>
    /// <returns>False when there is none, or it is of another type.</returns>
    public bool TryGetDetail<TDetail>([NotNullWhen(true)] out TDetail? detail)
        where TDetail : notnull
    {
        if (DetailValue is TDetail found)
        {
            detail = found;
            return true;
        }

        detail = default;
        return false;
    }

    /// <summary>Throws an <see cref="RpcException"/>; kept out of line so that callers stay small.</summary>
    [DoesNotReturn]
    internal static void Throw(RpcStatusCode code, string detail) => throw new RpcException(code, detail);
}
