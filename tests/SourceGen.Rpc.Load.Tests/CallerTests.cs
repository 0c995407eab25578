using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Load.Tests;

public sealed class CallerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData("add-1")]
    [InlineData("add-64")]
    [InlineData("echo-32-64")]
    [InlineData("blocking-64")]
    [InlineData("stream-down")]
    [InlineData("stream-up")]
    [InlineData("duplex-1")]
    [InlineData("large-beside-small")]
    public void Run_EveryKindOfWorkload_CountsEveryCallThatWasMade(string name)
    {
        var service = new CountingService();
        Workload workload = WorkloadCatalog.Select([name])[0];
        var callers = new CallerGroup("test", workload, service);
        for (int turn = 0; turn < 2; turn++)
        {
            long before = service.Calls;
            callers.Reset();
            LoadSample sample = callers.Run(Short);
            Assert.Equal(service.Calls - before, sample.Calls);
            Assert.True(sample.Calls >= workload.Callers);
            Assert.InRange(sample.CallsInTime, 0, sample.Calls);
        }
    }

    [Fact]
    public async Task RunAsync_SampleEvery_TimesOneCallInThatMany()
    {
        var turn = new CallerTurn();
        var service = new CountingService { EndAfter = 161, Turn = turn };
        var caller = new Caller<AddOperation, int>(new AddOperation(service, 0), index: 5, sampleEvery: 16);
        await caller.RunAsync(turn);
        Assert.Equal(161, caller.Answered);
        // Calls 5, 21, ... 149.
        Assert.Equal(10, caller.Latencies.Count);
        caller.Clear();
        Assert.Equal((0, 0), (caller.Answered, caller.Latencies.Count));
    }

    [Fact]
    public void Run_LargeBesideSmall_TimesTheSmallCallsOnly()
    {
        Workload workload = WorkloadCatalog.Select(["large-beside-small"])[0];
        Caller[] callers = [new LargeCaller(new CountingService(), payload: 1000)];
        var group = new CallerGroup("test", callers);
        group.Reset();
        LoadSample sample = group.Run(Short);
        Assert.True(sample.Calls > 0);
        Assert.Equal(0, sample.Latencies.Count);
        Assert.Equal((16, 1, 100_000_000), (workload.Callers, workload.SampleEvery, workload.Payload));
    }

    [Fact]
    public async Task RunAsync_BlockingCalls_AreCountedButNotTimed()
    {
        var turn = new CallerTurn();
        var service = new CountingService { EndAfter = 250, Turn = turn };
        var operation = new SometimesBlockOperation(service, new SharedNumber());
        var caller = new Caller<SometimesBlockOperation, int>(operation, index: 0, sampleEvery: 1);
        await caller.RunAsync(turn);
        Assert.Equal(250, caller.Answered);
        Assert.Equal(248, caller.Latencies.Count);
    }

    [Theory]
    [InlineData("add-1", "AddAsync(")]
    [InlineData("echo-32-1", "EchoAsync returned message")]
    [InlineData("blocking-64", "SometimesBlockAsync(")]
    [InlineData("stream-down", "Item 0 of a stream is")]
    [InlineData("stream-up", "The server took")]
    [InlineData("duplex-1", "Item 0 of a stream is")]
    [InlineData("large-beside-small", "AddAsync(")]
    public void Run_WrongAnswers_Fails(string name, string message)
    {
        var callers = new CallerGroup("the RPC", WorkloadCatalog.Select([name])[0], new CountingService { Error = 1 });
        callers.Reset();
        LoadException e = Assert.Throws<LoadException>(() => callers.Run(Short));
        Assert.StartsWith("the RPC: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadService_Answers_WhatCallersExpect()
    {
        var service = new LoadService();
        EchoMessage message = LoadData.CreateMessage(3);
        Assert.Equal(5, await service.AddAsync(2, 3));
        Assert.Same(message, await service.EchoAsync(message));
        Assert.Equal(101, await service.SometimesBlockAsync(101));
        Assert.Equal(2, await service.UpAsync(service.ReturnAsync(Two())));
        int next = 0;
        await foreach (LoadItem item in service.DownAsync(CancellationToken.None))
        {
            LoadData.Check(item, next);
            if (++next == 100) break;
        }

        static async IAsyncEnumerable<LoadItem> Two()
        {
            await Task.Yield();
            yield return LoadData.CreateItem(0);
            yield return LoadData.CreateItem(1);
        }

        Assert.Equal((true, false), (LoadService.Blocks(200), LoadService.Blocks(201)));
    }

    /// <summary>Answers at once, and does not block.</summary>
    private sealed class CountingService : ILoadService
    {
        private long _calls;

        /// <summary>What it is wrong by.</summary>
        public int Error { get; init; }

        /// <summary>Ends the turn with this call.</summary>
        public long EndAfter { get; init; } = -1;

        public CallerTurn? Turn { get; init; }

        public long Calls => Volatile.Read(ref _calls);

        public ValueTask<int> AddAsync(int a, int b) => Answer(a + b + Error);

        public ValueTask<int> SometimesBlockAsync(int n) => Answer(n + Error);

        public ValueTask<EchoMessage> EchoAsync(EchoMessage message) =>
            Answer(new EchoMessage { Id = message.Id + Error, Name = message.Name, Payload = message.Payload });

        public async IAsyncEnumerable<LoadItem> DownAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int i = 0; ; i++) yield return await Answer(LoadData.CreateItem(i + Error));
        }

        public async ValueTask<long> UpAsync(IAsyncEnumerable<LoadItem> items)
        {
            long count = 0;
            await foreach (LoadItem item in items) await Answer(count++);
            return count + Error;
        }

        public async IAsyncEnumerable<LoadItem> ReturnAsync(IAsyncEnumerable<LoadItem> items)
        {
            await foreach (LoadItem item in items) yield return await Answer(item with { Value = item.Value + Error });
        }

        private ValueTask<T> Answer<T>(T result)
        {
            if (Interlocked.Increment(ref _calls) == EndAfter) Turn!.End();
            return new(result);
        }
    }
}
