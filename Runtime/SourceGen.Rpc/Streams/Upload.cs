using System.Buffers;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Streams;

/// <summary>The stream that a caller sends.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class Upload<T>(RpcConnection connection, ItemFormat<T> format, IAsyncEnumerable<T> items, string methodName)
    : OutboundStream<T>(connection, FrameFlags.None, format), IUpload
{
    private static readonly byte[] s_abandoned = Encode(new ErrorMessage(RpcStatusCode.Cancelled, "The caller gave up the call."));

    private readonly CancellationTokenSource _stopping = new();
    private int _stopped;
    private volatile bool _finished;

    public OutboundStream Stream => this;

    public Exception? Fault { get; private set; }

    public void Start()
    {
        Connection.Streams.Began();
        _ = Task.Run(SendAsync);
    }

    public void Stop()
    {
        bool first = Interlocked.Exchange(ref _stopped, 1) == 0;

        // Also the second time: the first may have come while the request was on its way, and the reply frees the call's slot.
        Connection.Output.EndStream(this, s_abandoned);
        if (!first || _finished) return;

        // The producer's callbacks are user code, and this thread may be the receiver.
        ThreadPool.UnsafeQueueUserWorkItem(static upload => upload.CancelSafely(), this, preferLocal: false);
    }

    private static byte[] Encode(ErrorMessage message)
    {
        ArrayBufferWriter<byte> bytes = new();
        message.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private async Task SendAsync()
    {
        ReadOnlyMemory<byte> end = default;
        try
        {
            await Connection.Output.WaitUntilSentAsync(Id).ConfigureAwait(false);
            await PumpAsync(items, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // After a stop the producer's end, whatever it is, comes of that.
            if (Volatile.Read(ref _stopped) == 0) end = Failed(e);
        }
        finally
        {
            _finished = true;
            Connection.Streams.Finished();
        }

        Connection.Output.EndStream(this, Volatile.Read(ref _stopped) == 0 ? end : s_abandoned);
    }

    private byte[] Failed(Exception error)
    {
        Exception fault = error is ItemEncodingException encoding ? encoding.ToRpcException(methodName) : error;
        Fault = fault;
        return Encode(fault switch
        {
            RpcException { Code: RpcStatusCode.OK } rpc => new ErrorMessage(RpcStatusCode.Unknown, rpc.Detail, rpc.Id, rpc.Status),
            RpcException rpc => new ErrorMessage(rpc.Code, rpc.Detail, rpc.Id, rpc.Status),
            OperationCanceledException => new ErrorMessage(RpcStatusCode.Cancelled, "The caller cancelled its stream."),
            _ => new ErrorMessage(RpcStatusCode.Aborted, $"The caller's stream failed with {fault.GetType().Name}."),
        });
    }

    private void CancelSafely()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the producer's own threw. The stream has ended, and nobody is left to be told.
        }
    }
}
