using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Streams;

public sealed class StreamLedgerTests
{
    [Fact]
    public void A_stream_may_send_until_its_window_is_used_and_again_when_it_is_given_back()
    {
        StreamLedger ledger = new(streamWindow: 10_000, connectionWindow: 1_000_000);
        StreamAccount account = new();
        Assert.Equal(10_000, ledger.Allowance(account));
        Assert.True(ledger.TryCharge(account, 9_999, lastCost: 9_999, isLarge: false));
        Assert.True(ledger.TryCharge(account, 5_000, lastCost: 5_000, isLarge: false)); // The last one may go beyond.
        Assert.False(ledger.TryCharge(account, 1, lastCost: 1, isLarge: false));
        Assert.True(ledger.Refund(account, 5_100));
        Assert.False(ledger.TryCharge(account, 201, lastCost: 100, isLarge: false)); // The last one begins beyond.
        Assert.True(ledger.TryCharge(account, 200, lastCost: 101, isLarge: false));
        Assert.True(ledger.Refund(account, 300));
        Assert.True(ledger.TryCharge(account, 1, lastCost: 1, isLarge: false));
        Assert.False(ledger.Refund(account, 10_000)); // More than there is.
    }

    [Fact]
    public void However_many_streams_stall_the_next_has_its_reserve_and_a_share()
    {
        StreamLedger ledger = new(streamWindow: 1_000_000, connectionWindow: 100_000);
        for (int i = 0; i < 1000; i++)
        {
            StreamAccount account = new();
            Assert.True(ledger.Allowance(account) >= StreamCost.Reserve);
            while (ledger.Allowance(account) is var left and > 0)
            {
                long cost = Math.Min(100, left);
                Assert.True(ledger.TryCharge(account, cost, cost, isLarge: false));
            }

            Assert.InRange(ledger.Shares, 0, 100_000);
        }
    }

    [Fact]
    public void However_many_streams_stall_with_large_items_the_next_may_send_one_of_at_most_its_window()
    {
        StreamLedger ledger = new(streamWindow: 50_000, connectionWindow: 100_000);
        for (int i = 0; i < 100; i++)
        {
            StreamAccount account = new();
            ledger.Charge(account, StreamCost.Reserve);
            Assert.True(ledger.TryCharge(account, 30_000, lastCost: 30_000, isLarge: true));
            Assert.InRange(ledger.Allowance(account), long.MinValue, i < 5 ? 50_000 : 0);
        }

        StreamAccount next = new();
        Assert.Equal(StreamCost.Reserve, ledger.Allowance(next));
        Assert.True(ledger.TryCharge(next, 50_000, lastCost: 50_000, isLarge: true));
        Assert.False(ledger.TryCharge(next, 20_000, lastCost: 20_000, isLarge: true));
        Assert.True(ledger.Refund(next, 50_000));
        Assert.True(ledger.TryCharge(next, 20_000, lastCost: 20_000, isLarge: true));
    }

    [Fact]
    public void An_item_larger_than_a_window_needs_a_share_or_is_the_only_one()
    {
        StreamLedger ledger = new(streamWindow: 50_000, connectionWindow: 100_000);
        StreamAccount first = new(), second = new();
        Assert.True(ledger.TryCharge(first, 5_000_000, lastCost: 5_000_000, isLarge: true));
        Assert.False(ledger.TryCharge(second, 50_001, lastCost: 50_001, isLarge: true));
        Assert.Equal(50_000, ledger.LargestItem(second));
        Assert.Equal(0, ledger.LargestItem(first));
        ledger.Close(first);
        Assert.Equal(0, ledger.Shares);
        Assert.True(ledger.TryCharge(second, 50_001, lastCost: 50_001, isLarge: true));
    }

    [Fact]
    public void An_item_larger_than_a_window_may_be_sent_while_stalled_streams_hold_the_whole_window()
    {
        StreamLedger ledger = new(streamWindow: 100_000, connectionWindow: 100_000);
        for (int i = 0; i < 100; i++) ledger.Charge(new StreamAccount(), 50_000);
        StreamAccount first = new(), second = new();
        Assert.True(ledger.TryCharge(first, 500_000, lastCost: 500_000, isLarge: true));
        Assert.Equal(100_000, ledger.LargestItem(second));
        Assert.True(ledger.Refund(first, 500_000));
        Assert.Equal(long.MaxValue, ledger.LargestItem(second));
    }

    [Fact]
    public async Task Who_waits_goes_on_when_its_window_or_the_connections_has_room_and_when_its_stream_ends()
    {
        StreamLedger ledger = new(streamWindow: 20_000, connectionWindow: 1_000);
        StreamAccount full = new(), large = new(), ended = new();
        ledger.Charge(full, 70_000);
        ledger.Charge(ended, 70_000);
        Task waiting = ledger.WaitAsync(full, largeCost: 0, default);
        Task waitingLarge = ledger.WaitAsync(large, largeCost: 80_000, default);
        Task waitingEnded = ledger.WaitAsync(ended, largeCost: 0, default);
        Assert.False(waiting.IsCompleted || waitingLarge.IsCompleted || waitingEnded.IsCompleted);
        ledger.Close(ended);
        await waitingEnded.Soon();
        Assert.False(waiting.IsCompleted || waitingLarge.IsCompleted, "another stream has a large item, and no share is left");
        Assert.True(ledger.Refund(full, 70_000));
        await waiting.Soon();
        await waitingLarge.Soon();
        using CancellationTokenSource source = new();
        ledger.Charge(full, 20_000);
        waiting = ledger.WaitAsync(full, largeCost: 0, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
    }
}
