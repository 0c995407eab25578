using System.Buffers;
using SourceGen.Rpc.Streams;

namespace SourceGen.Rpc.Client;

/// <summary>A call whose result is a stream, which its reply ends.</summary>
internal sealed class DownloadCall<TItem>(string methodName, InboundStream<TItem> download) : StreamCall(methodName)
{
    private Exception? _error;
    private bool _wake;

    public override InboundStream Download => download;

    public override void Decode(in ReadOnlySequence<byte> payload)
    {
        base.Decode(payload);
        _wake = download.End(null);
    }

    public override void SetError(Exception error)
    {
        base.SetError(error);

        // Whoever gave up wants no more items; otherwise those that came before the error are read before it.
        _error = error is OperationCanceledException ? error : Explain(error);
        _wake = error is OperationCanceledException ? download.Abort(error) : download.End(_error);
    }

    public override void Run()
    {
        if (IsObserved) EndObservation(_error, WasLeft);
        if (_wake) download.Waker.Run();
    }
}
