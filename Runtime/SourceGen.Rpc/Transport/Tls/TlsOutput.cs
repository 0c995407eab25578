using System.Buffers;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>
/// The sending half of a TLS connection: what one send brings is encrypted in records as full as possible, and goes out in one send
/// underneath. Nothing is allocated while the system takes the bytes at once.
/// </summary>
/// <param name="tls">The framework's TLS.</param>
/// <param name="cipher">Where TLS writes to.</param>
/// <param name="pool">Where the buffer comes from in which small segments are gathered.</param>
/// <param name="handshake">Completes, or fails, with the handshake.</param>
/// <param name="fault">Where the connection's owner notes an abort.</param>
/// <param name="translate">Makes of TLS's error the one that senders get.</param>
internal sealed class TlsOutput(
    SslStream tls,
    CipherStream cipher,
    SegmentPool pool,
    Func<Task> handshake,
    ConnectionFault fault,
    Func<Exception, IOException> translate)
    : IGatheringOutput
{
    /// <summary>What a TLS record holds at most.</summary>
    private const int RecordSize = 16 * 1024;

    /// <summary>So much is encrypted before it is sent.</summary>
    private const int BatchSize = 16 * RecordSize;

    private const int Idle = 0;
    private const int Sending = 1;
    private const int Closed = 2;
    private const int Closing = 3;

    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    /// <inheritdoc/>
    public ValueTask SendAsync(in ReadOnlySequence<byte> data)
    {
        if (Interlocked.CompareExchange(ref _state, Sending, Idle) is int state and not Idle)
        {
            return ValueTask.FromException(state == Sending
                ? new InvalidOperationException("A send is pending already: one send at a time.")
                : fault.IsSet ? fault.Aborted() : fault.Closed());
        }

        // What a batch of small calls brings: one segment, which the system takes at once.
        return data.IsSingleSegment && data.Length <= BatchSize && handshake().IsCompletedSuccessfully
            ? SendSmall(data.First)
            : SendClaimedAsync(data);
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

    /// <summary>Sends without a state machine, as long as nothing has to wait.</summary>
    private ValueTask SendSmall(ReadOnlyMemory<byte> data)
    {
        try
        {
            cipher.BeginBatch();
            ValueTask encrypted = tls.WriteAsync(data);
            if (!encrypted.IsCompletedSuccessfully) return FinishAsync(encrypted, isSent: false);
            encrypted.GetAwaiter().GetResult();
            ValueTask sent = cipher.EndBatchAsync();
            if (!sent.IsCompletedSuccessfully) return FinishAsync(sent, isSent: true);
            sent.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            EndSend();
            return ValueTask.FromException(translate(e));
        }

        EndSend();
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask pending, bool isSent)
    {
        try
        {
            await pending.ConfigureAwait(false);
            if (!isSent) await cipher.EndBatchAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw translate(e);
        }
        finally
        {
            EndSend();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendClaimedAsync(ReadOnlySequence<byte> data)
    {
        try
        {
            Task shaken = handshake();
            if (!shaken.IsCompletedSuccessfully) await shaken.ConfigureAwait(false);
            cipher.BeginBatch();
            if (data.IsSingleSegment) await EncryptAsync(data.First).ConfigureAwait(false);
            else await GatherAsync(data).ConfigureAwait(false);
            await cipher.EndBatchAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw translate(e);
        }
        finally
        {
            EndSend();
        }
    }

    /// <summary>Fills records from small segments by copying, and encrypts large ones where they are.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask GatherAsync(ReadOnlySequence<byte> data)
    {
        BufferSegment gathered = pool.Rent(RecordSize);
        try
        {
            int count = 0;
            foreach (ReadOnlyMemory<byte> segment in data)
            {
                ReadOnlyMemory<byte> rest = segment;
                if (count > 0 || rest.Length < RecordSize)
                {
                    int taken = Math.Min(rest.Length, RecordSize - count);
                    rest[..taken].CopyTo(gathered.Array.AsMemory(count));
                    count += taken;
                    rest = rest[taken..];
                    if (count < RecordSize) continue;
                    await EncryptAsync(gathered.Array.AsMemory(0, count)).ConfigureAwait(false);
                    count = 0;
                }

                int whole = rest.Length - (rest.Length % RecordSize);
                if (whole > 0) await EncryptAsync(rest[..whole]).ConfigureAwait(false);
                rest[whole..].CopyTo(gathered.Array);
                count = rest.Length - whole;
            }

            if (count > 0) await EncryptAsync(gathered.Array.AsMemory(0, count)).ConfigureAwait(false);
        }
        finally
        {
            pool.Return(gathered);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EncryptAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, BatchSize);
            await tls.WriteAsync(data[..count]).ConfigureAwait(false);
            data = data[count..];
            if (cipher.StagedLength >= BatchSize) await cipher.SendStagedAsync().ConfigureAwait(false);
        }
    }

    private void EndSend()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Sending) == Sending) return;
        Volatile.Write(ref _state, Closed);
        _idle.TrySetResult();
    }
}
