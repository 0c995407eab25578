using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.InProcess;

/// <summary>
/// What calls within the process share with their handlers, and when they are made directly at all: not while another test listens to telemetry.
/// </summary>
[Collection(nameof(Alone))]
public sealed class IsolationTests
{
    [Theory]
    [InlineData(RpcIsolation.Off, false)]
    [InlineData(RpcIsolation.Serialize, true)]
    [InlineData(RpcIsolation.Share, true)]
    public Task A_direct_call_runs_its_handler_on_the_callers_thread(RpcIsolation isolation, bool isDirect) => OnAsync(
        isolation, async (client, _) => Assert.Equal(isDirect, await IsDirectAsync(client.Get<ISmall>())));

    [Theory]
    [InlineData(RpcIsolation.Off)]
    [InlineData(RpcIsolation.Serialize)]
    public Task Copies_are_nobody_elses(RpcIsolation isolation) => OnAsync(isolation, static async (client, small) =>
    {
        List<int> mine = [1];
        for (int i = 0; i < 2; i++)
        {
            List<int> result = await client.Get<ISmall>().AddToAsync(mine, 2);
            Assert.Equal([1, 2], result);
            Assert.Equal([1], mine);
            Assert.NotSame(small.Last, mine);
            Assert.NotSame(small.Last, result);
        }
    });

    [Fact]
    public Task Shared_objects_are_the_same_objects() => OnAsync(RpcIsolation.Share, static async (client, small) =>
    {
        ISmall service = client.Get<ISmall>();
        await service.AddToAsync([], 1); // The first call finds the way.
        List<int> mine = [1];
        Assert.Same(mine, await service.AddToAsync(mine, 2));
        Assert.Equal([1, 2], mine);
    });

    [Fact]
    public Task Copies_are_the_default() => OnAsync(new RpcClientOptions().Isolation, static async (client, _) =>
    {
        List<int> mine = [1];
        ISmall service = client.Get<ISmall>();
        await service.AddToAsync([], 1);
        Assert.NotSame(mine, await service.AddToAsync(mine, 2));
    });

    [Fact]
    public Task A_thread_with_a_synchronization_context_is_not_for_handlers() => OnAsync(RpcIsolation.Share, static async (client, _) =>
    {
        ISmall service = client.Get<ISmall>();
        Assert.True(await IsDirectAsync(service));
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        Task<int> call = service.ThreadAsync().AsTask();
        int thread = Environment.CurrentManagedThreadId;
        SynchronizationContext.SetSynchronizationContext(null);
        SpinWait.SpinUntil(() => call.IsCompleted, Waiting.Limit); // The thread is held, so the handler needs another.
        Assert.NotEqual(thread, await call);
    });

    [Fact]
    public async Task A_server_that_judges_its_callers_judges_these_too()
    {
        Small small = new();
        await using LabHost host = await LabHost.StartAsync(
            "inproc://",
            static options => options.Access
                .AddBearerTokens(static token => token == "key" ? new ClaimsPrincipal(new ClaimsIdentity("Bearer")) : null)
                .AddPolicy("key", static user => user.Identity?.AuthenticationType == "Bearer")
                .Require<ISmall>("key"),
            server => server.AddService<ISmall>(small));
        await Task.Run(async () =>
        {
            RpcClient stranger = await host.ConnectAsync(static options => options.Isolation = RpcIsolation.Share);
            for (int i = 0; i < 3; i++)
            {
                RpcException error = await Assert.ThrowsAsync<RpcException>(() => stranger.Get<ISmall>().NumberAsync().AsTask());
                Assert.Equal((RpcStatusCode.Unauthenticated, RpcCallProgress.Refused), (error.Code, error.Progress));
            }

            RpcClient known = await host.ConnectAsync(static options =>
            {
                options.Isolation = RpcIsolation.Share;
                options.Credentials = RpcCredentials.Bearer("key");
            });
            for (int i = 0; i < 3; i++) Assert.Equal(1, await known.Get<ISmall>().NumberAsync());
        }).Soon();
    }

    [Fact]
    public Task Who_listens_hears_of_calls_at_both_ends() => OnAsync(RpcIsolation.Share, static async (client, _) =>
    {
        ISmall small = client.Get<ISmall>();
        Assert.True(await IsDirectAsync(small));
        ConcurrentQueue<ActivityKind> heard = new();
        using (ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == RpcTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => heard.Enqueue(activity.Kind),
        })
        {
            ActivitySource.AddActivityListener(listener);
            await small.NumberAsync();
            await Until.TrueAsync(() => heard.Count == 2, () => $"{heard.Count} spans, not 2");
            Assert.Equal([ActivityKind.Server, ActivityKind.Client], heard.Order());
        }

        Assert.True(await IsDirectAsync(small));
    });

    [Fact]
    public Task Streams_are_messages_and_work() => OnAsync(RpcIsolation.Share, static async (client, _) =>
    {
        List<int> numbers = [];
        await foreach (int number in client.Get<ISmall>().CountAsync(3)) numbers.Add(number);
        Assert.Equal([0, 1, 2], numbers);
    });

    [Fact]
    public Task A_direct_call_of_a_handler_that_ends_at_once_allocates_nothing() => OnAsync(
        RpcIsolation.Share,
        static async (client, _) =>
        {
            ILab lab = client.Get<ILab>();
            for (int i = 0; i < 1000; i++)
            {
                await lab.AddAsync(i, 1);
                await lab.AddCancellableAsync(i, 1);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            int thread = Environment.CurrentManagedThreadId;
            for (int i = 0; i < 1000; i++)
            {
                await lab.AddAsync(i, 1);
                await lab.AddCancellableAsync(i, 1);
            }

            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000); // Of 2,000 calls together: the runtime's own, now and then.
        },
        flowContext: false);

    [Fact]
    public async Task Many_callers_at_once_each_get_their_own_result()
    {
        await OnAsync(RpcIsolation.Share, static async (client, _) =>
        {
            ILab lab = client.Get<ILab>();
            await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
            {
                for (int i = 0; i < 500; i++)
                {
                    Assert.Equal(caller + i, await lab.AddCancellableAsync(caller, i));
                    if (i % 50 == 0) Assert.Equal($"hello {caller} hello {caller}", await lab.GreetAsync(caller.ToString()));
                }
            })));
        });
    }

    [SuppressMessage("Usage", "xUnit1031", Justification = "Nothing is waited for: it is complete.")]
    private static async Task<bool> IsDirectAsync(ISmall service)
    {
        await service.ThreadAsync(); // The first call finds the way.
        ValueTask<int> call = service.ThreadAsync();
        int thread = Environment.CurrentManagedThreadId;
        return call.IsCompleted && await call == thread;
    }

    private static async Task OnAsync(RpcIsolation isolation, Func<RpcClient, Small, Task> test, bool flowContext = true)
    {
        Small small = new();
        await using LabHost host = await LabHost.StartAsync(
            "inproc://", options => options.FlowContext = flowContext, server => server.AddService<ISmall>(small));
        RpcClient client = await host.ConnectAsync(options => options.Isolation = isolation);
        await Task.Run(() => test(client, small)).Soon();
    }

    internal sealed class Small : ISmall
    {
        public List<int>? Last { get; private set; }

        public ValueTask<int> NumberAsync() => new(1);

        public ValueTask<List<int>> AddToAsync(List<int> numbers, int number)
        {
            numbers.Add(number);
            Last = numbers;
            return new(numbers);
        }

        public ValueTask<int> ThreadAsync() => new(Environment.CurrentManagedThreadId);

        public async IAsyncEnumerable<int> CountAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }
}
