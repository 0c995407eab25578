using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Filters;

/// <summary>
/// Stands where the implementation's source would, for a method with filters: each call gets a <see cref="FilteredCall"/> instead of an
/// implementation. So a method without filters is served by the same code, with the source itself.
/// </summary>
internal sealed class FilteredSource<TService, TRequest, TResponse>
    : ServiceSource<FilteredSource<TService, TRequest, TResponse>.FilteredCall>
    where TService : class
    where TRequest : struct
{
    private readonly RpcMethod _method;
    private readonly TypeShape<TRequest> _shape;
    private readonly bool _hasResult;
    private readonly UnaryHandler<TService, TRequest, TResponse> _handler;
    private readonly ServiceSource<TService> _source;
    private readonly RpcScopeFactory? _scopes;
    private readonly RpcFilterNext<TRequest, TResponse>? _first;

    private FilteredSource(
        FilterChain filters,
        RpcMethod method,
        TypeShape<TRequest> shape,
        bool hasResult,
        UnaryHandler<TService, TRequest, TResponse> handler,
        ServiceSource<TService> source,
        RpcScopeFactory? scopes)
    {
        _method = method;
        _shape = shape;
        _hasResult = hasResult;
        _handler = handler;
        _source = source;
        _scopes = scopes;
        _first = filters.Around<TRequest, TResponse>(method, InvokeHandlerAsync);
    }

    /// <summary>Puts the filters of a method around its handler.</summary>
    /// <returns>Null when no filter runs for the method.</returns>
    public static FilteredSource<TService, TRequest, TResponse>? Create(
        FilterChain filters,
        RpcMethod method,
        TypeShape<TRequest> shape,
        bool hasResult,
        UnaryHandler<TService, TRequest, TResponse> handler,
        ServiceSource<TService> source,
        RpcScopeFactory? scopes)
    {
        FilteredSource<TService, TRequest, TResponse> filtered = new(filters, method, shape, hasResult, handler, source, scopes);
        return filtered._first is null ? null : filtered;
    }

    /// <summary>Runs the filters; the handler of a <see cref="FilteredCall"/>.</summary>
    public static ValueTask<TResponse> InvokeAsync(FilteredCall call, in TRequest request, CancellationToken cancellationToken) =>
        call.StartAsync(in request, cancellationToken);

    /// <inheritdoc/>
    public override FilteredCall Activate(out IAsyncDisposable? lease)
    {
        FilteredCall call = new(this);
        lease = call;
        return call;
    }

    private ValueTask<TResponse> InvokeHandlerAsync(RpcFilterCall<TRequest> call)
    {
        if (call is not FilteredCall own)
        {
            throw new InvalidOperationException(
                $"A filter of {_method} called what is behind it with another call than the one it was given.");
        }

        return _handler(own.GetService(), in own.Request, own.CancellationToken);
    }

    /// <summary>
    /// One call: what the filters see, and what holds the implementation and the scope once somebody needs them. The engine releases it
    /// after the reply.
    /// </summary>
    internal sealed class FilteredCall(FilteredSource<TService, TRequest, TResponse> owner)
        : RpcFilterCall<TRequest>(owner._method, owner._shape, owner._hasResult), IAsyncDisposable
    {
        private IServiceProvider? _services;
        private IAsyncDisposable? _scopeLease;
        private TService? _service;
        private IAsyncDisposable? _serviceLease;

        public override IServiceProvider? Services => _services ??= owner._scopes?.CreateScope(out _scopeLease);

        public ValueTask<TResponse> StartAsync(in TRequest request, CancellationToken cancellationToken)
        {
            Request = request;
            CancellationToken = cancellationToken;
            return owner._first!(this); // A source without filters is never used.
        }

        /// <summary>The implementation, the same one for every attempt that a filter makes.</summary>
        public TService GetService() => _service ??= owner._source.Shared ?? owner._source.Activate(Services, out _serviceLease);

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (_serviceLease is not null) await _serviceLease.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                if (_scopeLease is not null) await _scopeLease.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
