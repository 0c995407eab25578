[Service]
public partial interface IGreeter
{
    ValueTask<List<RpcBuffer>> A(Chunk chunk, RpcBuffer[] buffers);

    IAsyncEnumerable<RpcBuffer> B();

    ValueTask C(RpcBuffer header, IAsyncEnumerable<int> items);

    ValueTask<RpcBuffer?> D(IAsyncEnumerable<RpcBuffer> items);
}

public sealed record Chunk(long Offset, RpcBuffer? Data);
