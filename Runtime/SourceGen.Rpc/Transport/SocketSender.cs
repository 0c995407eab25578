using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// The sending half of a socket: one system call for a whole chain of buffers, no copy, no allocation. A send that the kernel takes at
/// once completes synchronously; otherwise the rest goes out when the waiter says so, and the continuation runs inline there.
/// </summary>
internal sealed class SocketSender : IValueTaskSource
{
    /// <summary>Linux takes at most 1024 buffers in one call (IOV_MAX).</summary>
    private const int MaxGather = 1024;

    private const int Idle = 0;
    private const int Sending = 1;
    private const int Closed = 2;
    private const int Closing = 3;

    private readonly Socket _socket;
    private readonly SocketWaiter _waiter;
    private readonly ConnectionFault _fault;
    private readonly List<ArraySegment<byte>> _gather = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _done;
    private ReadOnlySequence<byte> _rest;
    private int _state;

    /// <summary>Sends on a connected socket whose <see cref="Socket.Blocking"/> is false.</summary>
    /// <param name="socket">The socket; its owner disposes it, through the waiter.</param>
    /// <param name="waiter">Waits for the socket.</param>
    /// <param name="fault">Where the connection's owner notes an abort, before it disposes the socket.</param>
    public SocketSender(Socket socket, SocketWaiter waiter, ConnectionFault fault)
    {
        _socket = socket;
        _waiter = waiter;
        _fault = fault;
        waiter.Writable = OnWritable;
    }

    /// <inheritdoc cref="IGatheringOutput.SendAsync"/>
    public ValueTask SendAsync(in ReadOnlySequence<byte> data)
    {
        if (Interlocked.CompareExchange(ref _state, Sending, Idle) is int state and not Idle)
        {
            return ValueTask.FromException(state == Sending
                ? new InvalidOperationException("A send is pending already: one send at a time.")
                : _fault.IsSet ? _fault.Aborted() : _fault.Closed());
        }

        _rest = data;
        _done.Reset();
        // The version is read first: once the send is pending, its completion may come, and be consumed, at any time.
        short version = _done.Version;
        if (!SendRest(out Exception? error)) return new ValueTask(this, version);
        EndSend();
        return error is null ? ValueTask.CompletedTask : ValueTask.FromException(error);
    }

    /// <summary>Refuses sends from now on, and completes when the one that is under way, if any, has ended.</summary>
    public Task CloseAsync()
    {
        while (true)
        {
            if (Interlocked.CompareExchange(ref _state, Closed, Idle) is Idle or Closed) return Task.CompletedTask;
            if (Interlocked.CompareExchange(ref _state, Closing, Sending) is Sending or Closing) return _idle.Task;
        }
    }

    void IValueTaskSource.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);

    private void OnWritable(int sent, SocketError code)
    {
        if (!Account(sent, code, out Exception? error) && !SendRest(out error)) return;
        // The next send may begin in the continuation, so this one is over before its result is set.
        EndSend();
        if (error is null) _done.SetResult(true);
        else _done.SetException(error);
    }

    /// <summary>Sends until all is sent, an error ends it, or the kernel makes it wait.</summary>
    /// <returns>True when it is over; false when the waiter will call back, perhaps on another thread already.</returns>
    private bool SendRest(out Exception? error)
    {
        error = null;
        while (!_rest.IsEmpty)
        {
            try
            {
                ReadOnlyMemory<byte> first = FirstPart();
                int sent = Send(first, out SocketError code);
                if (code == SocketError.WouldBlock)
                {
                    code = _waiter.WaitToSend(first);
                    if (code == SocketError.Success) return false;
                }

                if (Account(sent, code, out error)) return true;
            }
            catch (ObjectDisposedException)
            {
                error = _fault.IsSet ? _fault.Aborted() : _fault.Closed();
                return true;
            }
        }

        return true;
    }

    /// <summary>Takes what was sent off the rest.</summary>
    /// <returns>True when all was sent or an error ended the send.</returns>
    private bool Account(int sent, SocketError code, out Exception? error)
    {
        if (code != SocketError.Success)
        {
            error = _fault.IsSet ? _fault.Aborted() : SocketErrors.Broken(code, _fault.Remote);
            return true;
        }

        error = null;
        _rest = _rest.Slice(sent);
        return _rest.IsEmpty;
    }

    /// <summary>One send that does not wait, of as much as the kernel takes.</summary>
    private int Send(ReadOnlyMemory<byte> first, out SocketError code) => !_rest.IsSingleSegment && TryGather()
        ? _socket.Send(_gather, SocketFlags.None, out code)
        : _socket.Send(first.Span, SocketFlags.None, out code);

    private ReadOnlyMemory<byte> FirstPart()
    {
        ReadOnlyMemory<byte> first = _rest.First;
        if (!first.IsEmpty) return first;
        // A sequence may begin with an empty segment; an empty send would say that nothing is left.
        SequencePosition position = _rest.Start;
        while (_rest.TryGet(ref position, out first) && first.IsEmpty)
        {
        }

        return first;
    }

    /// <summary>
    /// Lists the arrays behind the rest; false when there is memory that is not an array, which then goes out piece by piece.
    /// </summary>
    private bool TryGather()
    {
        _gather.Clear();
        foreach (ReadOnlyMemory<byte> memory in _rest)
        {
            if (memory.IsEmpty) continue;
            if (!MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> part)) break;
            _gather.Add(part);
            if (_gather.Count == MaxGather) break;
        }

        return _gather.Count > 1;
    }

    private void EndSend()
    {
        _rest = default;
        if (Interlocked.CompareExchange(ref _state, Idle, Sending) == Sending) return;
        Volatile.Write(ref _state, Closed);
        _idle.TrySetResult();
    }
}
