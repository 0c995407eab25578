using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>
/// Takes items from a producer and sends them: for as long as the producer has the next item ready they gather in a frame, and the frame
/// goes out when it is full, when the producer pauses, or when the windows are.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
internal abstract class OutboundStream<T>(RpcConnection connection, FrameFlags flags, ItemFormat<T> format)
    : OutboundStream(connection, flags)
{
    private readonly ItemBuffer _buffer = new(connection.Output.MaxMessageSize);

    /// <summary>Sends what a producer gives, until it has no more, fails, or nobody wants it.</summary>
    /// <param name="items">The producer.</param>
    /// <param name="cancellationToken">Ends sending.</param>
    /// <exception cref="ItemEncodingException">An item cannot be encoded. Those before it were sent.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants the items any more.</exception>
    protected async Task PumpAsync(IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        IAsyncEnumerator<T> source = items.GetAsyncEnumerator(cancellationToken);
        ValueTask<bool> next = default;
        bool isMoving = false;
        try
        {
            next = source.MoveNextAsync();
            isMoving = true;
            while (true)
            {
                if (!next.IsCompleted)
                {
                    if (_buffer.Length > 0) await SendAsync(isPausing: true, cancellationToken).ConfigureAwait(false);
                    _buffer.Clear(release: true); // A producer may pause for long, and there may be thousands.
                }

                isMoving = false;
                if (!await next.ConfigureAwait(false)) break;
                cancellationToken.ThrowIfCancellationRequested();
                long allowance = await GetAllowanceAsync(cancellationToken).ConfigureAwait(false);
                next = format.WriteReady(_buffer, source, allowance);
                isMoving = true;
                if (_buffer.IsFull) await SendAsync(isPausing: false, cancellationToken).ConfigureAwait(false);
            }

            if (_buffer.Length > 0) await SendAsync(isPausing: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException && _buffer.Length > 0)
        {
            // What the producer gave before it failed goes out before the failure is told.
            await SendAsync(isPausing: false, cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            _buffer.Clear(release: true);

            // It cannot be disposed of while it moves; what comes of that move nobody wants any more.
            if (isMoving) await ((Task)next.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until something may be sent, and the connection has room for it.</summary>
    /// <returns>What the items to come may cost.</returns>
    private ValueTask<long> GetAllowanceAsync(CancellationToken cancellationToken)
    {
        long allowance = Connection.Streams.Sending.Allowance(Account) - _buffer.Cost;
        return allowance > 0 && !Connection.Output.StreamsMustWait
            ? new ValueTask<long>(allowance)
            : WaitForAllowanceAsync(cancellationToken);
    }

    /// <summary>
    /// Before items are encoded, and without a buffer: a peer that does not read may have thousands of streams that wait here.
    /// </summary>
    private async ValueTask<long> WaitForAllowanceAsync(CancellationToken cancellationToken)
    {
        if (_buffer.Length > 0) await SendAsync(isPausing: true, cancellationToken).ConfigureAwait(false);
        ConnectionOutput output = Connection.Output;
        if (output.StreamsMustWait || Connection.Streams.Sending.Allowance(Account) <= 0) _buffer.Clear(release: true);
        while (output.StreamsMustWait) await output.WaitForStreamRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await WaitForLedgerAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what is in the buffer.</summary>
    /// <param name="isPausing">Whether the producer has nothing more at the moment.</param>
    private ValueTask SendAsync(bool isPausing, CancellationToken cancellationToken)
    {
        ConnectionOutput output = Connection.Output;
        if (output.IsEncodingHere || _buffer.IsLastItemLarge || _buffer.Length > output.FragmentSize)
            return SendSlowlyAsync(cancellationToken);
        switch (output.WriteItems(this, _buffer.Written, FrameFlags.None, _buffer.Cost, _buffer.LastItemCost, isLarge: false))
        {
            case ItemsWritten.Ended: throw new OperationCanceledException(cancellationToken);
            case ItemsWritten.NoCredit: return SendSlowlyAsync(cancellationToken); // Another stream was faster.
        }

        _buffer.Clear(release: false);
        return !isPausing && Connection.IsDraining ? LeaveBatchAsync() : default;
    }

    /// <summary>
    /// A producer that is always ready would keep the thread that runs the connection's batch: it goes on elsewhere.
    /// </summary>
    private static async ValueTask LeaveBatchAsync() => await default(PoolSwitch);

    /// <summary>
    /// The last item must go alone, or does not fit the frame with the others, or other streams took what this one was about to use; or
    /// this thread is inside a serializer, whose frame must not be cut in two.
    /// </summary>
    private async ValueTask SendSlowlyAsync(CancellationToken cancellationToken)
    {
        ConnectionOutput output = Connection.Output;
        if (output.IsEncodingHere) await default(PoolSwitch);
        int end = _buffer.IsLastItemLarge ? _buffer.LastItemStart : _buffer.Length;
        int start = 0;
        while (start < end)
        {
            long allowance = await WaitForLedgerAsync(cancellationToken).ConfigureAwait(false);
            int length = _buffer.Measure(start, end, allowance, output.FragmentSize, out long cost, out long lastCost);
            bool sent = await TrySendPieceAsync(start, length, FrameFlags.None, cost, lastCost, isLarge: false, cancellationToken)
                .ConfigureAwait(false);
            if (sent) start += length;
        }

        long large = _buffer.IsLastItemLarge ? _buffer.LastItemCost : 0;
        long largeCost = large;
        while (start < _buffer.Length)
        {
            int length = Math.Min(output.FragmentSize, _buffer.Length - start);
            FrameFlags more = start + length < _buffer.Length ? FrameFlags.More : FrameFlags.None;
            if (!await TrySendPieceAsync(start, length, more, large, large, isLarge: true, cancellationToken).ConfigureAwait(false))
            {
                await Connection.Streams.Sending.WaitAsync(Account, largeCost, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            large = 0; // An item is counted with its first piece.
            start += length;
        }

        _buffer.Clear(release: false);
    }

    private async ValueTask<bool> TrySendPieceAsync(
        int start, int length, FrameFlags more, long cost, long lastCost, bool isLarge, CancellationToken cancellationToken)
    {
        ConnectionOutput output = Connection.Output;
        while (output.StreamsMustWait) await output.WaitForStreamRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return output.WriteItems(this, _buffer.Written.Slice(start, length), more, cost, lastCost, isLarge) switch
        {
            ItemsWritten.Ended => throw new OperationCanceledException(cancellationToken),
            ItemsWritten written => written == ItemsWritten.Written,
        };
    }

    private async ValueTask<long> WaitForLedgerAsync(CancellationToken cancellationToken)
    {
        StreamLedger ledger = Connection.Streams.Sending;
        while (true)
        {
            if (ledger.Allowance(Account) is var allowance and > 0) return allowance;
            await ledger.WaitAsync(Account, largeCost: 0, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
