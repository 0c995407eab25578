using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>A connection whose sends are recorded, one entry each, and end when the test says so. Nothing can be received on it.</summary>
internal sealed class RecordingTransport : ITransportConnection, IGatheringOutput
{
    private readonly Queue<PendingSend> _pending = new();

    /// <summary>What each send carried.</summary>
    public List<byte[]> Sends { get; } = [];

    /// <summary>Whether sends wait for <see cref="CompleteOne"/>.</summary>
    public bool Hold { get; set; }

    public PipeReader Input { get; } = PipeReader.Create(Stream.Null);

    public PipeWriter Output => throw new NotSupportedException("Sends are gathered.");

    public RpcAddress LocalAddress { get; } = RpcAddress.Parse("recording://here");

    public RpcAddress RemoteAddress { get; } = RpcAddress.Parse("recording://there");

    public ValueTask SendAsync(in ReadOnlySequence<byte> data)
    {
        Sends.Add(data.ToArray());
        if (!Hold) return default;
        PendingSend pending = new();
        _pending.Enqueue(pending);
        return new ValueTask(pending, 0);
    }

    /// <summary>Ends the send that has waited longest.</summary>
    public void CompleteOne(Exception? error = null)
    {
        _pending.Dequeue().Complete(error);
    }

    /// <summary>The frames of all sends, in order.</summary>
    public List<(FrameHeader Header, byte[] Payload)> Frames() => RawFrames.Split([.. Sends.SelectMany(send => send)]);

    public void Abort(Exception? reason = null)
    {
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>Continues inline, as a socket does; a task would look at the synchronization context that the test runner sets.</summary>
    private sealed class PendingSend : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core;

        public void Complete(Exception? error)
        {
            if (error is null) _core.SetResult(true);
            else _core.SetException(error);
        }

        public void GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
