using System.Buffers;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Transport;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>A connection whose other end is in the same process, so that calls can be made without messages.</summary>
internal sealed partial class RpcConnection
{
    /// <summary>What joins it to its other end; null when that is elsewhere.</summary>
    public InProcessLink? Link => (_transport as MemoryConnection)?.Link;

    /// <summary>Whether this side lets calls in: it has not said that it leaves.</summary>
    public bool TakesCalls => _refusal is null && !_isClosed;

    /// <summary>Finds what serves the calls of a method at the other end directly.</summary>
    /// <param name="method">The method's number.</param>
    /// <returns>Null when calls go as messages.</returns>
    public async ValueTask<InProcessMethod<TRequest, TResponse>?> BindInProcessAsync<TRequest, TResponse>(ushort method)
        where TRequest : struct
    {
        if (_settings.Isolation == RpcIsolation.Off || Link is not { } link) return null;

        // The server says hello before it serves.
        await Task.WhenAny(link.WhenServed, _closed.Task).ConfigureAwait(false);
        return link.WhenServed.IsCompleted && link.IsMatching(_settings.Codec) && method < link.Server._methods.Length
            ? link.Server._methods[method].BindInProcess(link, _settings.Isolation) as InProcessMethod<TRequest, TResponse>
            : null;
    }

    /// <summary>Makes the exception that a caller here gets of an error, as if it had come as a message.</summary>
    public Exception ReadError(string methodName, DeclaredErrors? errors, ErrorMessage message)
    {
        ArrayBufferWriter<byte> bytes = new();
        message.Write(bytes);
        ErrorMessage read = ErrorMessage.Read(new ReadOnlySequence<byte>(bytes.WrittenMemory));
        return read.HasDetail && errors is not null ? errors.Read(this, methodName, read) : read.ToException();
    }

    /// <summary>Gives the headers of a reply to the scope of its call.</summary>
    /// <returns>Null, or why the call fails although it was answered.</returns>
    public RpcException? AcceptReplyHeaders(RpcCallScope? scope, string methodName, byte[] headers) =>
        AcceptReplyHeaders(scope, methodName, new ReadOnlySequence<byte>(headers));

    /// <summary>Notes that a result cannot be encoded.</summary>
    /// <returns>What its caller is told.</returns>
    public ErrorMessage NoteNotEncodable(string methodName, Exception error)
    {
        ConnectionLog.ResultNotEncodable(_logger, methodName, error);
        RpcStatusCode code = error is RpcException rpc ? rpc.Code : RpcStatusCode.Internal;
        return new ErrorMessage(code, $"The result of {methodName} cannot be encoded: {error.Message}");
    }

    /// <summary>Disposes of what a call held; what goes wrong is logged.</summary>
    public async Task DisposeOfAsync(IAsyncDisposable lease)
    {
        try
        {
            await lease.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ConnectionLog.DisposalFailed(_logger, RemoteAddress, e);
        }
    }
}
