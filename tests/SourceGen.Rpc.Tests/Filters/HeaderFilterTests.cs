using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Filters;

/// <summary>Filters and the headers of the calls they are around.</summary>
public sealed class HeaderFilterTests
{
    [Fact]
    public async Task A_client_filter_sends_headers_and_a_server_filter_reads_and_answers_them()
    {
        string? answered = null;
        await using FilterHost host = await FilterHost.StartAsync(
            (_, filters) => filters.Add(new BeforeFilter(static _ =>
            {
                RpcContext context = RpcContext.Current!;
                context.ResponseHeaders["answer"] = $"{context.Method} {context.RequestHeaders["tenant"]}";
            })),
            (_, filters) => filters.Add(new HeaderFilter(answer => answered = answer)));

        Assert.Equal(5, await host.Lab.AddAsync(2, 3).Soon());

        Assert.Equal("Tests.Lab/Add blue", answered);
    }

    private sealed class HeaderFilter(Action<string?> answered) : IRpcClientFilter
    {
        public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
            RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            RpcCallOptions options = new();
            options.Headers["tenant"] = "blue";
            using RpcCallScope scope = RpcCallScope.Begin(options);
            TResponse response = await next(call);
            answered(scope.ResponseHeaders["answer"]);
            return response;
        }
    }
}
