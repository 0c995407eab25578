using System.Buffers;
using SourceGen.Rpc.Streams;

namespace SourceGen.Rpc.Client;

/// <summary>A call that sends a stream and waits for one result.</summary>
internal sealed class UploadCall<TResponse>(string methodName, ISerializer<TResponse> serializer) : StreamCall(methodName)
{
    private readonly TaskCompletionSource<TResponse> _completion = new();
    private TResponse? _response;
    private Exception? _error;

    public override InboundStream? Download => null;

    /// <summary>The result.</summary>
    public Task<TResponse> Result => _completion.Task;

    public override void Decode(in ReadOnlySequence<byte> payload)
    {
        base.Decode(payload);
        try
        {
            _response = serializer.Deserialize(payload);
        }
        catch (Exception e)
        {
            _error = new RpcException(
                RpcStatusCode.Internal, $"The result of {MethodName} from {Connection!.RemoteAddress} cannot be read: {e.Message}", e);
        }
    }

    public override void SetError(Exception error)
    {
        base.SetError(error);
        _error = Explain(error);
    }

    public override void Run()
    {
        if (IsObserved) EndObservation(_error);
        if (_error is null) _completion.TrySetResult(_response!);
        else if (_error is OperationCanceledException cancelled) _completion.TrySetCanceled(cancelled.CancellationToken);
        else _completion.TrySetException(_error);
    }
}
