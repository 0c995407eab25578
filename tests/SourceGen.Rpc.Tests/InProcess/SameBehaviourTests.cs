using System.Collections.Concurrent;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Tests.Errors;
using SourceGen.Rpc.Tests.Filters;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.InProcess;

/// <summary>What a caller sees is the same, whichever way its calls go. Each test runs over each of them.</summary>
public sealed class SameBehaviourTests
{
    public static TheoryData<string> Ways => ["tcp", "memory", "off", "serialize", "share"];

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Every_shape_of_method_works(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        for (int i = 0; i < 3; i++)
        {
            // The first call of each may go another way than those that follow.
            Assert.Equal(5, await lab.AddAsync(2, 3));
            Assert.Equal(5, await lab.AddCancellableAsync(2, 3));
            Assert.Equal("hello you hello you", await lab.GreetAsync("you"));
            Assert.Equal([1, 2], await lab.EchoAsync([1, 2]));
            await lab.NoteAsync(7);
            await Until.TrueAsync(() => host.Lab.Notes.Count == 1, () => "the note did not arrive");
            await lab.ResetAsync();
            await lab.PokeAsync();
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task An_error_is_the_same_at_once_and_later(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        foreach (bool later in (bool[])[false, true])
        {
            host.Lab.On("status", _ => Throw(later, new RpcException(RpcStatusCode.NotFound, "no such thing")));
            RpcException status = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("status").AsTask());
            Assert.Equal((RpcStatusCode.NotFound, "no such thing", RpcCallProgress.Answered), (status.Code, status.Message, status.Progress));

            host.Lab.On("secret", _ => Throw(later, new InvalidTimeZoneException("the secret")));
            RpcException secret = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("secret").AsTask());
            Assert.Equal((RpcStatusCode.Unknown, RpcCallProgress.Answered), (secret.Code, secret.Progress));
            Assert.Matches("^Tests.Lab/Run failed; the server's log says why under [0-9a-f]{32}.$", secret.Message);

            host.Lab.On("cancelled", _ => Throw(later, new OperationCanceledException("of its own accord")));
            Assert.Equal(RpcStatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("cancelled").AsTask())).Code);
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_declared_error_arrives_as_itself_and_not_as_the_same_object(string way) => OnAsync(
        way,
        static async (_, client) =>
        {
            for (int i = 0; i < 2; i++)
            {
                OutOfStockException error =
                    await Assert.ThrowsAsync<OutOfStockException>(() => client.Get<IShop>().OrderAsync("tea").AsTask());
                Assert.Equal(RpcStatusCode.NotFound, error.GetRemoteError()!.Code);
                Assert.NotSame(Shop.Error, error);
            }
        },
        add: static server => server.AddService<IShop>(new Shop()));

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_deadline_ends_the_call_and_cancels_its_handler(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunBrieflyAsync("warm");
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Lab.On("late", async ct =>
        {
            using CancellationTokenRegistration registration = ct.Register(cancelled.SetResult);
            await cancelled.Task;
            return 1;
        });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunBrieflyAsync("late").AsTask());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        await cancelled.Task.Soon();
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_handler_that_holds_its_thread_is_cancelled_at_the_deadline_too(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        host.Lab.On("hold", static ct =>
        {
            ct.WaitHandle.WaitOne(Waiting.Limit);
            return new(ct.IsCancellationRequested ? 1 : 2);
        });
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(60) });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("hold").AsTask());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_caller_that_gives_up_is_free_and_its_handler_cancelled(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        using CancellationTokenSource source = new();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Gate gate = new();
        host.Lab.On("wait", async ct =>
        {
            using CancellationTokenRegistration registration = ct.Register(cancelled.SetResult);
            await gate.PassAsync();
            return 1;
        });
        Task<int> call = lab.RunAsync("wait", source.Token).AsTask();
        await gate.Reached;
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(source.Token, error.CancellationToken);
        await cancelled.Task.Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lab.RunAsync("warm", source.Token).AsTask());
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_handler_has_a_context_of_its_own_and_nothing_of_its_callers(string way) => OnAsync(way, static async (host, client) =>
    {
        AsyncLocal<string?> local = new() { Value = "the caller's" };
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        List<string?> seen = [];
        host.Lab.On("look", async ct =>
        {
            RpcContext before = RpcContext.Current!;
            seen.Add(local.Value);
            local.Value = "the handler's";
            Assert.Equal(before.CancellationToken, ct);
            Assert.NotEqual(Timeout.InfiniteTimeSpan, before.RemainingTime);
            before.Trailers["cost"] = "3";
            await Task.Yield();
            Assert.Same(before, RpcContext.Current);
            seen.Add(before.Method);
            seen.Add(before.Baggage["who"]);
            return 1;
        });
        RpcCallOptions options = new();
        options.Baggage["who"] = "me";
        using (RpcCallScope scope = RpcCallScope.Begin(options))
        {
            await lab.RunAsync("look");
            Assert.Equal("3", scope.Trailers["cost"]);
        }

        using (RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = Waiting.Limit }))
        {
            await lab.RunAsync("look"); // Without anything that must travel.
            Assert.Equal("3", scope.Trailers["cost"]);
        }

        Assert.Equal([null, "Tests.Lab/Run", "me", null, "Tests.Lab/Run", null], seen);
        Assert.Equal("the caller's", local.Value);
        Assert.Null(RpcContext.Current);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_handler_that_calls_its_own_server_passes_time_and_cancellation_on(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        RpcContext? inner = null;
        host.Lab.On("inner", static async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 1;
        });
        host.Lab.On("outer", async _ =>
        {
            inner = RpcContext.Current;
            int result = await lab.RunAsync("inner");
            Assert.Same(inner, RpcContext.Current);
            return result;
        });
        using CancellationTokenSource source = new();
        Task<int> call = lab.RunAsync("outer", source.Token).AsTask();
        await Until.TrueAsync(() => inner is not null, () => "the outer handler does not run");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Until.TrueAsync(() => inner!.HasEnded, () => "the inner call goes on");
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Filters_of_both_sides_run_in_the_same_order(string way)
    {
        ConcurrentQueue<string> events = new();
        return OnAsync(
            way,
            async (_, client) =>
            {
                for (int i = 0; i < 3; i++) Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3));
                Assert.Equal(string.Join(' ', Enumerable.Repeat("called> served> <served <called", 3)), string.Join(' ', events));
            },
            client: options => options.Filters.Add(new RecordingFilter("called", events)),
            server: options => options.Filters.Add(new RecordingFilter("served", events)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_server_that_stops_waits_for_calls_and_refuses_new_ones(string way) => OnAsync(
        way,
        static async (host, client) =>
        {
            ILab lab = client.Get<ILab>();
            await lab.RunAsync("warm");
            using Gate gate = new();
            host.Lab.On("wait", async _ =>
            {
                await gate.PassAsync();
                return 1;
            });
            Task<int> call = lab.RunAsync("wait").AsTask();
            await gate.Reached;
            Task stopping = host.Server.StopAsync();
            await Until.TrueAsync(() => !LabHost.ConnectionsOf(host.Server).Keys.Any(static connection => connection.TakesCalls), () => "it does not stop");
            RpcException refused = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("warm").AsTask());
            Assert.Equal(RpcStatusCode.Unavailable, refused.Code);
            Assert.NotEqual(RpcCallProgress.Unknown, refused.Progress);
            Assert.False(stopping.IsCompleted);
            gate.Open();
            Assert.Equal(1, await call);
            await stopping.Soon();
        },
        client: static options => options.ConnectTimeout = TimeSpan.FromMilliseconds(300),
        server: static options => options.DrainTimeout = Waiting.Limit);

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_connection_that_is_lost_fails_its_calls_and_cancels_their_handlers(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Gate gate = new();
        host.Lab.On("wait", async ct =>
        {
            using CancellationTokenRegistration registration = ct.Register(cancelled.SetResult);
            await gate.PassAsync();
            return 1;
        });
        Task<int> call = lab.RunAsync("wait").AsTask();
        await gate.Reached;
        await host.Server.StopAsync(new CancellationToken(canceled: true)).Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
        await cancelled.Task.Soon();
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Limits_of_the_server_hold(string way) => OnAsync(
        way,
        static async (host, client) =>
        {
            ILab lab = client.Get<ILab>();
            await lab.RunAsync("warm");
            using Gate gate = new();
            host.Lab.On("wait", async _ =>
            {
                await gate.PassAsync();
                return 1;
            });
            Task<int> call = lab.RunAsync("wait").AsTask();
            await gate.Reached;
            RpcException refused = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("warm").AsTask());
            Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (refused.Code, refused.Progress));
            gate.Open();
            await call;
        },
        server: static options => options.MaxTotalConcurrentCalls = 1);

    [Theory]
    [MemberData(nameof(Ways))]
    public Task An_implementation_of_each_calls_own_is_released_after_it(string way)
    {
        OwnLabs source = new();
        return OnAsync(
            way,
            async (_, client) =>
            {
                for (int i = 1; i <= 3; i++)
                {
                    Assert.Equal(i, await client.Get<ISmall>().NumberAsync());
                    await Until.TrueAsync(() => source.Released == i, () => $"{source.Released} were released, not {i}");
                }
            },
            add: server => server.AddService(source));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Calls_within_calls_do_not_overflow_the_stack(string way) => OnAsync(way, static async (host, client) =>
    {
        ILab lab = client.Get<ILab>();
        await lab.RunAsync("warm");
        int depth = 0;
        host.Lab.On("deeper", _ => ++depth < 3000 ? lab.RunAsync("deeper") : new(depth));
        Assert.Equal(3000, await lab.RunAsync("deeper"));
    });

    private static ValueTask<int> Throw(bool later, Exception error)
    {
        return later ? LaterAsync(error) : throw error;

        static async ValueTask<int> LaterAsync(Exception error)
        {
            await Task.Yield();
            throw error;
        }
    }

    private static async Task OnAsync(
        string way,
        Func<LabHost, RpcClient, Task> test,
        Action<RpcClientOptions>? client = null,
        Action<RpcServerOptions>? server = null,
        Action<RpcServer>? add = null)
    {
        string address = way switch
        {
            "tcp" => "tcp://127.0.0.1:0",
            "memory" => "memory://",
            _ => "inproc://",
        };
        RpcIsolation isolation = Enum.TryParse(way, ignoreCase: true, out RpcIsolation parsed) ? parsed : RpcIsolation.Off;
        await using LabHost host = await LabHost.StartAsync(address, server, add);
        host.Lab.On("warm", static _ => new(0));
        RpcClient rpc = await host.ConnectAsync(options =>
        {
            options.Isolation = isolation;
            client?.Invoke(options);
        });

        // Not on the test's own thread: it has a synchronization context, with which no call is made directly.
        await Task.Run(() => test(host, rpc)).Soon();
    }

    private sealed class Shop : IShop
    {
        public static OutOfStockException Error { get; } = Create();

        public ValueTask<int> OrderAsync(string what) => throw Error;

        public ValueTask PayAsync(string what) => default;

        public ValueTask NoteAsync(string what) => default;

        private static OutOfStockException Create() => new("tea", 3);
    }

    private sealed class OwnLabs : ServiceSource<ISmall>
    {
        private int _activated;
        private int _released;

        public int Released => Volatile.Read(ref _released);

        public override ISmall Activate(out IAsyncDisposable? lease)
        {
            lease = new Lease(this);
            return new Small(Interlocked.Increment(ref _activated));
        }

        private sealed class Lease(OwnLabs owner) : IAsyncDisposable
        {
            public async ValueTask DisposeAsync()
            {
                await Task.Yield();
                Interlocked.Increment(ref owner._released);
            }
        }
    }

    private sealed class Small(int number) : ISmall
    {
        public ValueTask<int> NumberAsync() => new(number);

        public ValueTask<List<int>> AddToAsync(List<int> numbers, int number) => throw new NotSupportedException();

        public ValueTask<int> ThreadAsync() => throw new NotSupportedException();

        public IAsyncEnumerable<int> CountAsync(int count) => throw new NotSupportedException();
    }
}
