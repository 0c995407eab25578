using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Who owns pooled buffers at which moment of a call, and that all of them go back.</summary>
public sealed class BufferTests
{
    private const int Large = 3_000_000;

    private readonly Buffers _service = new();

    [Theory]
    [InlineData("tcp://127.0.0.1:0", 10)]
    [InlineData("tcp://127.0.0.1:0", Large)]
    [InlineData("memory://", 100_000)]
    public async Task An_argument_is_the_calls_until_it_completes_and_the_callers_copy_stays_his(string address, int length)
    {
        await using LabHost host = await LabHost.StartAsync(address, add: server => server.AddService<IBuffers>(_service));
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();
        using RpcBuffer sent = Filled(length);

        Task<int> sum = buffers.SumAsync(sent).AsTask();
        await _service.Entered.Task.Soon();
        Assert.Equal(length, _service.Kept!.Memory.Length);
        Assert.False(ReferenceEquals(sent, _service.Kept));
        _service.Go.SetResult();

        Assert.Equal(Sum(sent), await sum.Soon());
        await AssertDisposedAsync(_service.Kept!);
        Assert.Equal(length, sent.Memory.Length);
    }

    [Fact]
    public async Task A_result_is_the_callers_and_the_implementations_own_is_disposed_of_when_it_is_written()
    {
        await using LabHost host = await StartAsync();
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();

        using RpcBuffer? result = await buffers.MakeAsync(Large).Soon();

        Assert.Equal(Large, result!.Length);
        Assert.Equal(Sum(_service.Kept = Filled(Large)), Sum(result));
        _service.Kept.Dispose();
        await AssertDisposedAsync(_service.Made!);
        Assert.Null(await buffers.MakeAsync(-1).Soon());
    }

    [Fact]
    public async Task An_argument_can_be_the_result()
    {
        await using LabHost host = await StartAsync();
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();
        using RpcBuffer sent = Filled(70_000);

        using RpcBuffer? back = await buffers.EchoAsync(1, sent, null).Soon();

        Assert.Equal(sent.Memory.ToArray(), back!.Memory.ToArray());
        await AssertDisposedAsync(_service.Kept!);
    }

    [Fact]
    public async Task A_call_that_fails_gives_its_arguments_back()
    {
        await using LabHost host = await StartAsync();
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();
        using RpcBuffer sent = Filled(100);

        await Assert.ThrowsAsync<RpcException>(() => buffers.FailAsync(sent).AsTask().Soon());
        await AssertDisposedAsync(_service.Kept!);

        await buffers.NoteAsync(sent).Soon();
        await _service.Entered.Task.Soon();
        await AssertDisposedAsync(_service.Kept!);
    }

    [Fact]
    public async Task A_result_that_comes_too_late_is_disposed_of_unwritten()
    {
        await using LabHost host = await StartAsync();
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();

        RpcException late = await Assert.ThrowsAsync<RpcException>(() => buffers.MakeLateAsync(100).AsTask().Soon());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, late.Code);
        await _service.Entered.Task.Soon();
        _service.Go.SetResult();

        await AssertDisposedAsync(_service.Made!);
    }

    [Fact]
    public async Task A_buffer_that_was_disposed_of_cannot_be_sent()
    {
        await using LabHost host = await StartAsync();
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();
        RpcBuffer sent = Filled(100);
        sent.Dispose();

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => buffers.NoteAsync(sent).AsTask().Soon());

        Assert.Contains("was disposed of", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(5, await (await host.GetAsync()).AddAsync(2, 3).Soon());
    }

    [Fact]
    public async Task After_many_calls_of_many_callers_no_buffer_is_left_in_use()
    {
        long before = RpcBuffer.InUse;
        await using LabHost host = await StartAsync();
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async caller =>
        {
            for (int i = 0; i < 50; i++)
            {
                using RpcBuffer first = Filled(1 + (caller * 5000));
                using RpcBuffer second = Filled(i * 100);
                using RpcBuffer? back = await buffers.EchoAsync(i % 3, first, second).Soon();
                Assert.Equal(i % 3 == 0, back is null);
                if (back is not null) Assert.Equal(Sum(i % 3 == 1 ? first : second), Sum(back));
            }
        }));

        await Until.TrueAsync(() => RpcBuffer.InUse == before, () => $"{RpcBuffer.InUse - before} buffers are still in use");
    }

    [Fact]
    public async Task Filters_see_the_buffers_of_their_call()
    {
        int seen = 0;
        await using LabHost host = await LabHost.StartAsync(
            configure: options => options.Filters.Add(new CountingFilter(length => Volatile.Write(ref seen, length))),
            add: server => server.AddService<IBuffers>(_service));
        IBuffers buffers = (await host.ConnectAsync()).Get<IBuffers>();
        using RpcBuffer sent = Filled(1234);

        using RpcBuffer? back = await buffers.EchoAsync(1, sent, null).Soon();

        Assert.Equal(1234, Volatile.Read(ref seen));
        Assert.Equal(1234, back!.Length);
        await AssertDisposedAsync(_service.Kept!);
    }

    private Task<LabHost> StartAsync() => LabHost.StartAsync(add: server => server.AddService<IBuffers>(_service));

    private static RpcBuffer Filled(int length)
    {
        RpcBuffer buffer = RpcBuffer.Rent(length);
        for (int i = 0; i < length; i++) buffer.Span[i] = (byte)(i * 7);
        return buffer;
    }

    private static int Sum(RpcBuffer buffer)
    {
        int sum = 0;
        foreach (byte b in buffer.Span) sum = unchecked((sum * 31) + b);
        return sum;
    }

    /// <summary>The reply may arrive a moment before the call's end.</summary>
    private static Task AssertDisposedAsync(RpcBuffer buffer) =>
        Until.TrueAsync(() => IsDisposed(buffer), () => "the buffer is still in use");

    private static bool IsDisposed(RpcBuffer buffer)
    {
        try
        {
            return buffer.Memory.Length < 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Tells the length of a call's first buffer.</summary>
    private sealed class CountingFilter(Action<int> tell) : IRpcServerFilter
    {
        public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
            RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            if (call.IndexOfArgument("first") is var index and >= 0) tell(((RpcBuffer)call.GetArgument(index)!).Length);
            return await next(call);
        }
    }

    private sealed class Buffers : IBuffers
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RpcBuffer? Kept { get; set; }

        public RpcBuffer? Made { get; private set; }

        public async ValueTask<int> SumAsync(RpcBuffer data)
        {
            Kept = data;
            Entered.SetResult();
            await Go.Task;
            return Sum(data);
        }

        public ValueTask<RpcBuffer?> MakeAsync(int length) => new(Made = length < 0 ? null : Filled(length));

        public async ValueTask<RpcBuffer?> MakeLateAsync(int length)
        {
            Made = Filled(length);
            Entered.SetResult();
            await Go.Task;
            return Made;
        }

        public ValueTask<RpcBuffer?> EchoAsync(int which, RpcBuffer first, RpcBuffer? second)
        {
            Kept = first;
            return new(which switch { 0 => null, 1 => first, _ => second });
        }

        public ValueTask FailAsync(RpcBuffer data)
        {
            Kept = data;
            throw new RpcException(RpcStatusCode.NotFound, "as the test wants it");
        }

        public ValueTask NoteAsync(RpcBuffer data)
        {
            Kept = data;
            Entered.TrySetResult();
            return default;
        }
    }
}

/// <summary>Pooled buffers in every place where they may stand.</summary>
[Service]
public partial interface IBuffers
{
    ValueTask<int> SumAsync(RpcBuffer data);

    ValueTask<RpcBuffer?> MakeAsync(int length);

    [Method(TimeoutMs = 50)]
    ValueTask<RpcBuffer?> MakeLateAsync(int length);

    ValueTask<RpcBuffer?> EchoAsync(int which, RpcBuffer first, RpcBuffer? second);

    ValueTask FailAsync(RpcBuffer data);

    [OneWay]
    ValueTask NoteAsync(RpcBuffer data);
}
