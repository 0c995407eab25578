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
        try
        {
            await PumpAsync(source, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _buffer.Clear(release: true);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(IAsyncEnumerator<T> source, CancellationToken cancellationToken)
    {
        StreamLedger ledger = Connection.Streams.Sending;
        try
        {
            ValueTask<bool> next = source.MoveNextAsync();
            while (true)
            {
                if (!next.IsCompleted)
                {
                    if (_buffer.Length > 0) await SendAsync(isPausing: true, cancellationToken).ConfigureAwait(false);
                    _buffer.Clear(release: true); // A producer may pause for long, and there may be thousands.
                }

                if (!await next.ConfigureAwait(false)) break;
                cancellationToken.ThrowIfCancellationRequested();
                long allowance = ledger.Allowance(Account) - _buffer.Cost;
                if (allowance <= 0)
                {
                    if (_buffer.Length > 0) await SendAsync(isPausing: true, cancellationToken).ConfigureAwait(false);
                    allowance = ledger.Allowance(Account);
                    if (allowance <= 0)
                    {
                        _buffer.Clear(release: true);
                        await ledger.WaitAsync(Account, large: false, cancellationToken).ConfigureAwait(false);
                        cancellationToken.ThrowIfCancellationRequested();
                        allowance = Math.Max(1, ledger.Allowance(Account));
                    }
                }

                next = format.WriteReady(_buffer, source, allowance);
                if (_buffer.Length >= StreamCost.FrameSize || _buffer.Cost >= StreamCost.FrameCost) await SendAsync(isPausing: false, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception) when (_buffer.Length > 0 && !cancellationToken.IsCancellationRequested)
        {
            // What the producer gave before it failed goes out before the failure is told.
            await SendAsync(isPausing: false, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (_buffer.Length > 0) await SendAsync(isPausing: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what is in the buffer.</summary>
    /// <param name="isPausing">Whether the producer has nothing more at the moment.</param>
    private ValueTask SendAsync(bool isPausing, CancellationToken cancellationToken)
    {
        ConnectionOutput output = Connection.Output;
        if (output.IsEncodingHere || _buffer.IsLastItemLarge || _buffer.Length > output.FragmentSize) return SendSlowlyAsync(cancellationToken);
        switch (output.WriteItems(this, _buffer.Written, FrameFlags.None, _buffer.Cost, isLarge: false))
        {
            case ItemsWritten.Ended: throw new OperationCanceledException(cancellationToken);
            case ItemsWritten.NoCredit: return SendSlowlyAsync(cancellationToken); // Another stream was faster.
        }

        _buffer.Clear(release: false);
        return output.StreamsMustWait || (!isPausing && Connection.IsDraining) ? MakeRoomAsync(cancellationToken) : default;
    }

    /// <summary>
    /// A producer that is always ready would keep the thread that runs the connection's batch: it goes on elsewhere. And one that is faster
    /// than the connection waits, so that calls find a short queue.
    /// </summary>
    private async ValueTask MakeRoomAsync(CancellationToken cancellationToken)
    {
        if (Connection.IsDraining) await default(PoolSwitch);
        ConnectionOutput output = Connection.Output;
        while (output.StreamsMustWait) await output.WaitForStreamRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The last item does not fit the frame with the others, or any frame; or this thread is inside a serializer, whose frame must not be
    /// cut in two.
    /// </summary>
    private async ValueTask SendSlowlyAsync(CancellationToken cancellationToken)
    {
        ConnectionOutput output = Connection.Output;
        if (output.IsEncodingHere) await default(PoolSwitch);
        int start = 0;
        long cost = _buffer.Cost;
        bool isLarge = _buffer.IsLastItemLarge;
        if (_buffer.LastItemStart > 0 && (isLarge || _buffer.Length > output.FragmentSize))
        {
            start = _buffer.LastItemStart;
            cost = _buffer.LastItemCost;
            await SendPieceAsync(0, start, FrameFlags.None, _buffer.Cost - cost, isLarge: false, cancellationToken).ConfigureAwait(false);
        }

        while (start < _buffer.Length)
        {
            int length = Math.Min(output.FragmentSize, _buffer.Length - start);
            FrameFlags more = start + length < _buffer.Length ? FrameFlags.More : FrameFlags.None;
            await SendPieceAsync(start, length, more, cost, isLarge, cancellationToken).ConfigureAwait(false);
            cost = 0; // An item is counted with its first piece.
            start += length;
        }

        _buffer.Clear(release: false);
    }

    private async ValueTask SendPieceAsync(int start, int length, FrameFlags more, long cost, bool isLarge, CancellationToken cancellationToken)
    {
        ConnectionOutput output = Connection.Output;
        while (true)
        {
            while (output.StreamsMustWait) await output.WaitForStreamRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            switch (output.WriteItems(this, _buffer.Written.Slice(start, length), more, cost, isLarge))
            {
                case ItemsWritten.Ended: throw new OperationCanceledException(cancellationToken);
                case ItemsWritten.Written: return;
            }

            await Connection.Streams.Sending.WaitAsync(Account, isLarge, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
