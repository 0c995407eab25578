using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>
/// What filters add to one call on one side: everything between a proxy and the sending of its request, or between a request and its
/// handler. What is sent and handled here does nothing and is over at once, so 0 filters is the cost of measuring.
/// </summary>
[MemoryDiagnoser]
public class FilterBenchmark
{
    private static readonly TypeShape<Arguments> s_shape = new(null!, null!) { Parameters = [] };
    private static readonly UnaryHandler<EngineService, Arguments, int> s_handler =
        static (EngineService _, in Arguments request, CancellationToken _) => new(request.A + request.B);

    private readonly EngineService _service = new();
    private UnaryInvoker<Arguments, int> _invoker = null!;
    private FilteredSource<EngineService, Arguments, int>? _source;

    /// <summary>How many filters are around the call.</summary>
    [Params(0, 1, 3)]
    public int Filters { get; set; }

    /// <summary>Whether they await what is behind them, as most filters do, or return it as it is.</summary>
    [Params(false, true)]
    public bool Await { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        RpcServerOptions server = new();
        RpcClientOptions client = new();
        for (int i = 0; i < Filters; i++)
        {
            server.Filters.Add(Await ? new AwaitingFilter() : new PassingFilter());
            client.Filters.Add(Await ? new AwaitingFilter() : new PassingFilter());
        }

        RpcMethod method = MethodOf<IEngineContract>();
        _invoker = FilterChain.Of(client.Filters).Around(method, s_shape, new Invoker());
        _source = FilteredSource<EngineService, Arguments, int>.Create(
            FilterChain.Of(server.Filters),
            method,
            s_shape,
            hasResult: true,
            s_handler,
            new SharedServiceSource<EngineService>(_service),
            scopes: null);
    }

    [Benchmark]
    public int Client() => _invoker.InvokeAsync(new Arguments { A = 1, B = 2 }, CancellationToken.None).GetAwaiter().GetResult();

    [Benchmark]
    public int Server()
    {
        Arguments request = new() { A = 1, B = 2 };
        if (_source is null) return s_handler(_service, in request, CancellationToken.None).GetAwaiter().GetResult();
        FilteredSource<EngineService, Arguments, int>.FilteredCall call = _source.Activate(out IAsyncDisposable? lease);
        ValueTask<int> task = FilteredSource<EngineService, Arguments, int>.InvokeAsync(call, in request, CancellationToken.None);
        int result = task.GetAwaiter().GetResult();
        lease!.DisposeAsync().GetAwaiter().GetResult();
        return result;
    }

    private static RpcMethod MethodOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.Methods[0];

    private struct Arguments
    {
        public int A;
        public int B;
    }

    private sealed class Invoker : UnaryInvoker<Arguments, int>
    {
        public override ValueTask<int> InvokeAsync(in Arguments request, CancellationToken cancellationToken) => new(request.A + request.B);
    }

    private sealed class PassingFilter : IRpcClientFilter, IRpcServerFilter
    {
        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct => next(call);
    }

    private sealed class AwaitingFilter : IRpcClientFilter, IRpcServerFilter
    {
        public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
            RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct => await next(call);
    }
}
