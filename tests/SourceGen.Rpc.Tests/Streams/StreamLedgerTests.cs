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
    public void A_large_item_needs_a_share_and_leaves_the_others_their_reserves()
    {
        StreamLedger ledger = new(streamWindow: 1_000_000, connectionWindow: 100_000);
        StreamAccount first = new(), second = new();
        Assert.True(ledger.TryCharge(first, 5_000_000, lastCost: 5_000_000, isLarge: true));
        Assert.False(ledger.TryCharge(second, 20_000, lastCost: 20_000, isLarge: true));
        Assert.Equal(StreamCost.Reserve, ledger.Allowance(second));
        ledger.Close(first);
        Assert.Equal(0, ledger.Shares);
        Assert.True(ledger.TryCharge(second, 20_000, lastCost: 20_000, isLarge: true));
    }

    [Fact]
    public void A_large_item_may_be_sent_while_stalled_streams_of_small_ones_hold_the_whole_window()
    {
        StreamLedger ledger = new(streamWindow: 1_000_000, connectionWindow: 100_000);
        for (int i = 0; i < 100; i++) ledger.Charge(new StreamAccount(), 50_000, isLarge: false);
        StreamAccount first = new(), second = new();
        Assert.True(ledger.TryCharge(first, 500_000, lastCost: 500_000, isLarge: true));
        Assert.False(ledger.AllowsLarge(second));
        Assert.True(ledger.Refund(first, 500_000));
        Assert.True(ledger.AllowsLarge(second));
    }

    [Fact]
    public async Task Who_waits_goes_on_when_its_window_or_the_connections_has_room_and_when_its_stream_ends()
    {
        StreamLedger ledger = new(streamWindow: 20_000, connectionWindow: 1_000);
        StreamAccount full = new(), large = new(), ended = new();
        ledger.Charge(full, 20_000, isLarge: true);
        ledger.Charge(ended, 20_000, isLarge: true);
        Task waiting = ledger.WaitAsync(full, large: false, default);
        Task waitingLarge = ledger.WaitAsync(large, large: true, default);
        Task waitingEnded = ledger.WaitAsync(ended, large: false, default);
        Assert.False(waiting.IsCompleted || waitingLarge.IsCompleted || waitingEnded.IsCompleted);
        ledger.Close(ended);
        await waitingEnded.Soon();
        Assert.False(waiting.IsCompleted || waitingLarge.IsCompleted, "another stream has a large item, and no share is left");
        Assert.True(ledger.Refund(full, 20_000));
        await waiting.Soon();
        await waitingLarge.Soon();
        using CancellationTokenSource source = new();
        ledger.Charge(full, 20_000, isLarge: true);
        waiting = ledger.WaitAsync(full, large: false, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
    }
}
