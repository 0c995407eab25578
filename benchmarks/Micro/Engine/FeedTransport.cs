using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>A connection without a network: what is sent goes to the feed, which decides what is received next.</summary>
internal sealed class FeedTransport(FrameFeed feed) : ITransportConnection, IGatheringOutput
{
    public PipeReader Input => feed;

    public PipeWriter Output => throw new NotSupportedException("The engine sends through IGatheringOutput.");

    public RpcAddress LocalAddress { get; } = RpcAddress.Parse("feed://here");

    public RpcAddress RemoteAddress { get; } = RpcAddress.Parse("feed://there");

    public ValueTask SendAsync(in ReadOnlySequence<byte> data)
    {
        feed.OnSent(data);
        return default;
    }

    public void Abort(Exception? reason = null)
    {
    }

    public ValueTask DisposeAsync() => default;
}
