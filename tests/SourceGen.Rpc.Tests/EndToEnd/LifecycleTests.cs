using System.Collections.Concurrent;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>The steps in which a server starts and stops.</summary>
public sealed class LifecycleTests
{
    private readonly ConcurrentQueue<string> _events = new();

    [Fact]
    public async Task C59_HooksRunInOrder_AndInTheReverseOneWhenTheServerStops()
    {
        LabHost host = await LabHost.StartAsync(configure: options =>
        {
            options.Lifecycle.Add(Hooks("a"));
            options.Lifecycle.Add(Hooks("b"));
            options.Lifecycle.Add(new Nothing());
        });
        Assert.Equal(["a starting", "b starting", "a started", "b started"], _events);
        await host.Server.StopAsync().Soon();
        Assert.Equal(["b stopping", "a stopping", "b stopped", "a stopped"], _events.Skip(4));
        await host.Server.StopAsync().Soon();
        Assert.Equal(8, _events.Count);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task C59_AHookSeesTheServerAsItIsInItsStep()
    {
        LabHost? host = null;
        RpcClient? client = null;
        RpcServerHooks hooks = new()
        {
            Starting = (server, _) =>
            {
                Assert.Empty(server.Addresses);
                return default;
            },
            Started = async (server, _) =>
            {
                client = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), LabHost.Patient());
                Assert.Equal(3, await client.Get<ILab>().AddAsync(1, 2));
            },
            Stopping = async (server, _) =>
            {
                Assert.Equal(ServingStatus.NotServing, server.Health.GetStatus());
                Assert.Equal(3, await client!.Get<ILab>().AddAsync(1, 2));
                _events.Enqueue("served while it stopped");
            },
            Stopped = async (_, _) =>
            {
                await host!.AssertConnectionsAsync(0);
                _events.Enqueue("nobody is connected");
            },
        };
        host = await LabHost.StartAsync(configure: options => options.Lifecycle.Add(hooks));
        await host.Server.StopAsync().Soon();
        Assert.Equal(["served while it stopped", "nobody is connected"], _events);
        await client!.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task C59_AHookThatFailsBeforeTheServerListens_UndoesThoseBeforeIt_AndIsNamed()
    {
        string address = $"memory://{Guid.NewGuid()}";
        RpcServerHooks bad = Hooks("bad");
        bad.Starting = static (_, _) => throw new IOException("the disk is full");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => LabHost.StartAsync(address, options =>
        {
            options.Lifecycle.Add(Hooks("good"));
            options.Lifecycle.Add(bad);
            options.Lifecycle.Add(Hooks("never"));
        }));
        Assert.Equal("The server did not start: bad failed in StartingAsync: the disk is full", error.Message);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(["good starting", "good stopped"], _events);
        await using LabHost next = await LabHost.StartAsync(address);
    }

    [Fact]
    public async Task C59_AnAddressThatCannotBeListenedAt_UndoesTheHooksAndTheOtherAddresses()
    {
        string taken = $"memory://{Guid.NewGuid()}";
        string free = $"memory://{Guid.NewGuid()}";
        await using LabHost other = await LabHost.StartAsync(taken);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => LabHost.StartAsync(free, options =>
        {
            options.Listen(taken);
            options.Lifecycle.Add(Hooks("a"));
            options.Lifecycle.Add(Hooks("b"));
        }));
        Assert.Contains(taken, error.Message, StringComparison.Ordinal);
        Assert.Equal(["a starting", "b starting", "b stopped", "a stopped"], _events);
        await using LabHost next = await LabHost.StartAsync(free);
    }

    [Fact]
    public async Task C59_AHookThatFailsWhenTheServerServes_StopsIt_AndOnlyThoseThatHadStarted()
    {
        string address = $"memory://{Guid.NewGuid()}";
        RpcServerHooks bad = Hooks("bad");
        bad.Started = static (_, _) => throw new IOException("the cache is cold");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => LabHost.StartAsync(address, options =>
        {
            options.Lifecycle.Add(Hooks("good"));
            options.Lifecycle.Add(bad);
        }));
        Assert.Contains("bad failed in StartedAsync: the cache is cold", error.Message, StringComparison.Ordinal);
        Assert.Equal(["good starting", "bad starting", "good started", "good stopping", "bad stopped", "good stopped"], _events);
        await using LabHost next = await LabHost.StartAsync(address);
    }

    [Fact]
    public async Task C58_AHookThatHangsOrFails_DoesNotHoldUpTheStop()
    {
        RpcServerHooks hangs = Hooks("hangs");
        hangs.Stopping = static (_, _) => new ValueTask(new TaskCompletionSource().Task);
        using ManualResetEventSlim released = new();
        RpcServerHooks blocks = Hooks("blocks");
        blocks.Stopped = (_, _) =>
        {
            released.Wait();
            return default;
        };
        RpcServerHooks fails = Hooks("fails");
        fails.Stopping = static (_, _) => throw new IOException("no");
        LabHost host = await LabHost.StartAsync(configure: options =>
        {
            options.HookTimeout = TimeSpan.FromMilliseconds(20);
            options.Lifecycle.Add(hangs);
            options.Lifecycle.Add(blocks);
            options.Lifecycle.Add(fails);
        });
        _events.Clear();
        await host.Server.StopAsync().Soon();
        Assert.Equal(["blocks stopping", "fails stopped", "hangs stopped"], _events);
        Assert.Equal(2, host.Log.Count("did not finish"));
        Assert.Equal(1, host.Log.Count("fails failed in StoppingAsync"));
        released.Set();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task C58_CallsThatAreOnTheirWayAfterTheFirstGoAwayAreServed_AndTheSecondOneNamesTheLast()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.GoAwayGrace = Waiting.Limit);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        using CancellationTokenSource impatient = new();
        Task stopping = host.Server.StopAsync(impatient.Token);
        Assert.Null(await ReadGoAwayAsync(peer));
        await peer.SendAsync(RawFrames.Frame(
            FrameType.Request, method: RawServer.MethodNumber("Add"), callId: RawFrames.Id(0), payload: RawFrames.Arguments(2, 3)));
        (FrameHeader answer, byte[] sum) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Response, answer.Type);
        Assert.Equal(RawFrames.Integer(5), sum);
        Assert.False(stopping.IsCompleted);
        await impatient.CancelAsync();
        Assert.Equal(1, await ReadGoAwayAsync(peer));
        await stopping.Soon();
    }

    [Fact]
    public async Task C58_TheGraceEndsWhenTheClientsHaveClosed()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options =>
        {
            options.GoAwayGrace = TimeSpan.FromDays(1);
            options.DrainTimeout = TimeSpan.FromDays(1);
        });
        ILab lab = await host.GetAsync();
        Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
        await host.Server.StopAsync().Soon();
    }

    [Fact]
    public async Task C58_WithADelay_TheServerGoesOnAsBefore_ButSaysThatItIsNotReady()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.StopDelay = TimeSpan.FromDays(1));
        using CancellationTokenSource over = new();
        Task stopping = host.Server.StopAsync(over.Token);
        Assert.Equal(ServingStatus.NotServing, host.Server.Health.GetStatus());
        await host.AssertServesAsync();
        Assert.False(stopping.IsCompleted);
        await over.CancelAsync();
        await stopping.Soon();
    }

    private RpcServerHooks Hooks(string name)
    {
        return new RpcServerHooks
        {
            Name = name,
            Starting = (_, _) => Note("starting"),
            Started = (_, _) => Note("started"),
            Stopping = (_, _) => Note("stopping"),
            Stopped = (_, _) => Note("stopped"),
        };

        ValueTask Note(string what)
        {
            _events.Enqueue($"{name} {what}");
            return default;
        }
    }

    private static async Task<long?> ReadGoAwayAsync(RawPeer peer)
    {
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.GoAway, header.Type);
        return ErrorMessage.Read(new System.Buffers.ReadOnlySequence<byte>(payload), isGoAway: true).Accepted;
    }

    private sealed class Nothing : IRpcServerLifecycle;
}
