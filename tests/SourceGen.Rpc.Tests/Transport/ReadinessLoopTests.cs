using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>Registrations in a loop that no thread runs: the tests deliver the events, so that every order can be had.</summary>
public sealed class ReadinessLoopTests : IDisposable
{
    private const int NoEntry = 2;

    private readonly SafeFileHandle _epoll;
    private readonly ReadinessLoop _loop;
    private readonly SocketPair _sockets = SocketPair.Open();
    private readonly Recorder _recorder = new();

    public ReadinessLoopTests()
    {
        int descriptor = Epoll.TryCreate()!.Value;
        _epoll = new SafeFileHandle(descriptor, ownsHandle: true);
        _loop = new ReadinessLoop(descriptor);
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _epoll.Dispose();
    }

    [Fact]
    public void AnEvent_EndsTheWaitItIsFor_AndTheOtherStays()
    {
        ReadinessRegistration registration = Register(_sockets.Near);
        Assert.Equal(SocketError.Success, registration.Wait(Readiness.Receive));
        Assert.Equal(SocketError.Success, registration.Wait(Readiness.Send));
        _loop.Deliver(registration.Id, Epoll.In);
        Assert.Equal([Readiness.Receive], _recorder.Seen);
        Assert.Equal(Readiness.Send, registration.Waits);
        _loop.Deliver(registration.Id, Epoll.In);
        Assert.Single(_recorder.Seen);
        _loop.Deliver(registration.Id, Epoll.Out);
        Assert.Equal([Readiness.Receive, Readiness.Send], _recorder.Seen);
        Assert.Equal(Readiness.None, registration.Waits);
    }

    [Theory]
    [InlineData(Epoll.Error)]
    [InlineData(Epoll.HangUp)]
    public void AnError_EndsEveryWait(uint events)
    {
        ReadinessRegistration registration = Register(_sockets.Near);
        registration.Wait(Readiness.Receive);
        registration.Wait(Readiness.Send);
        _loop.Deliver(registration.Id, events);
        Assert.Equal([Readiness.Receive | Readiness.Send], _recorder.Seen);
    }

    [Fact]
    public void AfterAnEventForOne_TheKernelStillTellsOfTheOther()
    {
        ReadinessRegistration registration = Register(_sockets.Near);
        registration.Wait(Readiness.Receive);
        registration.Wait(Readiness.Send);

        // The socket can be written to and not read: the kernel tells so, and is silent from then on.
        (uint events, ulong id) = WaitForEvent();
        Assert.Equal((Epoll.Out, registration.Id), (events, id));
        _loop.Deliver(id, events);
        Assert.Equal([Readiness.Send], _recorder.Seen);

        // Only because the delivery armed it again for the other wait does it speak once more.
        _sockets.Far.Send([1]);
        (events, id) = WaitForEvent();
        Assert.Equal((Epoll.In, registration.Id), (events, id));
        _loop.Deliver(id, events);
        Assert.Equal([Readiness.Send, Readiness.Receive], _recorder.Seen);
    }

    [Fact]
    public void AStaleEvent_ReachesNobody_NotEvenTheNextOwnerOfTheSlot()
    {
        ReadinessRegistration first = Register(_sockets.Near);
        first.Wait(Readiness.Receive);
        ulong stale = first.Id;
        first.Close();
        _loop.Deliver(stale, Epoll.In);
        first.Release();
        _recorder.Seen.Clear();
        _sockets.Near.Dispose();

        using SocketPair others = SocketPair.Open();
        ReadinessRegistration second = Register(others.Near);
        second.Wait(Readiness.Receive);
        Assert.Equal((uint)stale, (uint)second.Id);
        Assert.NotEqual(stale, second.Id);
        _loop.Deliver(stale, Epoll.In);
        Assert.Empty(_recorder.Seen);
        Assert.Equal(Readiness.Receive, second.Waits);

        // It found the registration before the slot changed hands, and arrives only now.
        second.OnEvent(stale, Epoll.In);
        first.OnEvent(stale, Epoll.In);
        Assert.Empty(_recorder.Seen);
        _loop.Deliver(second.Id, Epoll.In);
        Assert.Equal([Readiness.Receive], _recorder.Seen);
    }

    [Fact]
    public void Close_TakesTheSocketOutOfTheKernelsSet_AndReleaseEndsItsWaits()
    {
        ReadinessRegistration registration = Register(_sockets.Near);
        registration.Wait(Readiness.Receive);
        int descriptor = (int)_sockets.Near.SafeHandle.DangerousGetHandle();
        Assert.Equal(0, _loop.Control(Epoll.Modify, descriptor, Epoll.OneShot, registration.Id));
        registration.Close();
        Assert.Equal(NoEntry, _loop.Control(Epoll.Modify, descriptor, Epoll.OneShot, registration.Id));

        // Not yet disposed: who waits now is told by Release.
        Assert.Equal(SocketError.Success, registration.Wait(Readiness.Send));
        Assert.Empty(_recorder.Seen);
        registration.Release();
        Assert.Equal([Readiness.Receive | Readiness.Send], _recorder.Seen);
        Assert.Equal(SocketError.OperationAborted, registration.Wait(Readiness.Receive));
        registration.Release();
        Assert.Single(_recorder.Seen);
    }

    [Fact]
    public void ADisposedSocket_CannotBeWaitedFor()
    {
        _sockets.Near.Dispose();
        Assert.Equal(SocketError.OperationAborted, Register(_sockets.Near).Wait(Readiness.Receive));
    }

    [Fact]
    public void ManyRegistrations_EachHearTheirOwn()
    {
        const int Count = 300; // More than the table begins with.
        List<(ReadinessRegistration Registration, Recorder Recorder)> all = [];
        using var more = new SocketPairs(Count);
        foreach (SocketPair pair in more)
        {
            var recorder = new Recorder();
            var registration = new ReadinessRegistration(_loop, pair.Near, recorder);
            Assert.Equal(SocketError.Success, registration.Wait(Readiness.Receive));
            all.Add((registration, recorder));
        }

        Assert.Equal(Count, all.Select(one => one.Registration.Id).Distinct().Count());
        for (int i = 0; i < Count; i += 2) _loop.Deliver(all[i].Registration.Id, Epoll.In);
        Assert.All(all.Index(), one => Assert.Equal(one.Index % 2 == 0 ? 1 : 0, one.Item.Recorder.Seen.Count));
    }

    private ReadinessRegistration Register(Socket socket) => new(_loop, socket, _recorder);

    private (uint Events, ulong Data) WaitForEvent()
    {
        byte[] buffer = new byte[4 * Epoll.EventSize];
        Assert.Equal(1, Epoll.Wait((int)_epoll.DangerousGetHandle(), buffer, out _));
        return Epoll.Read(buffer, 0);
    }

    private sealed class Recorder : IReadinessHandler
    {
        public List<Readiness> Seen { get; } = [];

        public void OnReady(Readiness ready) => Seen.Add(ready);
    }
}
