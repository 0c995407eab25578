using System.Buffers;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Client;

public sealed class CallTableTests
{
    private readonly CallTable _table = new(capacity: 300);

    [Fact]
    public void Allocate_GivesEverySlotOnceAndThenNone()
    {
        HashSet<int> slots = [];
        for (int i = 0; i < 300; i++) Assert.True(slots.Add(CallTable.SlotOf(Allocate(NewCall()))));
        Assert.False(_table.HasRoom);
        Assert.Equal(0ul, Allocate(NewCall()));
        Assert.Equal(300, _table.InFlight);
        _table.Free(7);
        Assert.True(_table.HasRoom);
        Assert.Equal(7, CallTable.SlotOf(Allocate(NewCall())));
    }

    [Fact]
    public void AReply_ClaimsItsCallOnce()
    {
        PendingCall<int> call = NewCall();
        ulong id = Allocate(call);
        Assert.True(_table.TryClaim(id, out PendingCall? claimed));
        Assert.Same(call, claimed);
        Assert.False(_table.TryClaim(id, out _)); // A second reply in the same batch, before the slot was given back.
        _table.Free(CallTable.SlotOf(id));
        Assert.False(_table.TryClaim(id, out _));
    }

    [Fact]
    public void ALateReply_DoesNotReachTheNextCallOfItsSlot()
    {
        ulong first = Allocate(NewCall());
        Assert.True(_table.TryClaim(first, out _));
        _table.Free(CallTable.SlotOf(first));
        PendingCall<int> next = NewCall();
        ulong second = Allocate(next);
        Assert.Equal(CallTable.SlotOf(first), CallTable.SlotOf(second));
        Assert.NotEqual(first, second);
        Assert.False(_table.TryClaim(first, out _));
        Assert.True(_table.TryClaim(second, out PendingCall? claimed));
        Assert.Same(next, claimed);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul << 32 | 5)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 32 | 299)]
    public void AReplyToACallThatWasNotMade_IsToldApart(ulong id)
    {
        Allocate(NewCall());
        Assert.False(_table.TryClaim(id, out _));
        Assert.False(_table.Contains(id));
    }

    [Fact]
    public void AnAbandonedCall_KeepsItsSlotUntilTheReply()
    {
        PendingCall<int> call = NewCall();
        ulong id = Allocate(call, out long use);
        Assert.True(call.TryClaim(use));
        _table.Abandon(id, call);
        Assert.Equal(1, _table.InFlight);
        Assert.True(_table.TryClaim(id, out PendingCall? claimed));
        Assert.Null(claimed);
        Assert.False(_table.TryClaim(id, out _));
    }

    [Fact]
    public void ABidFromAnEarlierUse_LosesAgainstTheSameObjectInALaterOne()
    {
        PendingCall<int> call = NewCall();
        ulong id = Allocate(call, out long stale);
        Assert.True(_table.TryClaim(id, out _));
        _table.Free(CallTable.SlotOf(id));
        Allocate(call, out long fresh);
        Assert.False(call.TryClaim(stale));
        Assert.True(call.TryClaim(fresh));
    }

    [Fact]
    public void ClaimExpired_TakesThoseWhoseTimeIsOverAndNoOthers()
    {
        PendingCall<int>[] calls = [NewCall(deadline: 10), NewCall(deadline: 20), NewCall(deadline: 30), NewCall()];
        foreach (PendingCall<int> call in calls) Allocate(call);
        Assert.Equal([calls[0], calls[1]], _table.ClaimExpired(20)!);
        Assert.Null(_table.ClaimExpired(20));
        Assert.Equal([calls[2], calls[3]], _table.ClaimAll()!);
        Assert.Null(_table.ClaimAll());
    }

    [Fact]
    public void ACallThatTakesTheSlotOfAnExpiringOne_IsNotExpiredInItsPlace()
    {
        // The same pooled object in the same slot, between the watchdog's look at the deadline and its claim.
        PendingCall<int> call = NewCall();
        ulong id = Allocate(call);
        long fresh = 0;
        List<PendingCall>? claimed = _table.ClaimWhere(_ =>
        {
            if (fresh != 0) return true;
            Assert.True(_table.TryClaim(id, out PendingCall? _));
            _table.Free(CallTable.SlotOf(id));
            Allocate(call, out fresh);
            return true;
        });
        Assert.Null(claimed);
        Assert.True(call.TryClaim(fresh));
    }

    private static PendingCall<int> NewCall(long deadline = long.MaxValue) =>
        PendingCall<int>.Rent(PendingCall<int>.Pool, "Test/Call", NoSerializer.Instance, 0, deadline, CancellationToken.None);

    private ulong Allocate(PendingCall<int> call) => Allocate(call, out _);

    // No call of these is ever sent or completed, so none needs a connection.
    private ulong Allocate(PendingCall<int> call, out long use) => _table.Allocate(null!, call, out use);

    private sealed class NoSerializer : ISerializer<int>
    {
        public static NoSerializer Instance { get; } = new();

        public void Serialize(IBufferWriter<byte> writer, in int value) => throw new NotSupportedException();

        public int Deserialize(in ReadOnlySequence<byte> data) => throw new NotSupportedException();
    }
}
