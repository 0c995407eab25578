using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Filters;

/// <summary>What filters of clients and servers can do.</summary>
public sealed class FilterTests
{
    [Fact]
    public async Task C54_Filters_run_in_the_order_they_were_added_the_first_one_outermost_on_both_sides()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            static (host, filters) => AddThree("s", host, filters.Add), static (host, filters) => AddThree("c", host, filters.Add));
        host.Implementation.On("act", _ =>
        {
            host.Events.Enqueue("handler");
            return new(1);
        });

        Assert.Equal(1, await host.Lab.RunAsync("act").Soon());

        Assert.Equal("c1> c2> c3> s1> s2> s3> handler <s3 <s2 <s1 <c3 <c2 <c1", string.Join(' ', host.Events));
    }

    [Fact]
    public async Task Filters_run_around_calls_of_every_shape()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            static (host, filters) => filters.Add(new BeforeFilter(call => Note(host, "server", call))),
            static (host, filters) => filters.Add(new BeforeFilter(call => Note(host, "client", call))));
        TaskCompletionSource noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Implementation.OnNote = _ => noted.SetResult();

        Assert.Equal(5, await host.Lab.AddAsync(2, 3).Soon());
        Assert.Equal("hello you hello you", await host.Lab.GreetAsync("you").Soon());
        await host.Lab.ResetAsync().Soon();
        await host.Lab.PokeAsync().Soon();
        await host.Lab.NoteAsync(7).Soon();
        await noted.Task.Soon();

        Assert.Equal(
            ["client Add True", "server Add True", "client Greet True", "server Greet True", "client Reset False", "server Reset False",
            "client Poke False", "server Poke False", "client Note False", "server Note False"],
            host.Events);
        Assert.Equal([7], host.Implementation.Notes);
        await host.AssertReleasedAsync(5);
    }

    [Fact]
    public async Task Filters_see_and_replace_arguments_and_results_on_both_sides()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            static (host, filters) =>
            {
                filters.Add(new DoublingFilter()).ForMethod("Add");
                filters.Add(new ResultFilter(static result => (int)result! + 100)).ForMethod("Add");
            },
            static (host, filters) =>
            {
                filters.Add(new ResultFilter(static result => (int)result! * 10)).ForMethod("Add");
                filters.Add(new BeforeFilter(call =>
                {
                    for (int i = 0; i < call.ArgumentCount; i++) host.Events.Enqueue($"{call.GetArgumentName(i)}={call.GetArgument(i)}");
                    call.SetArgument(call.IndexOfArgument("b"), 4);
                })).ForMethod("Add");
            });

        Assert.Equal(1100, await host.Lab.AddAsync(3, 5).Soon()); // ((3 * 2 + 4) + 100) * 10

        Assert.Equal(["a=3", "b=5"], host.Events);
    }

    [Fact]
    public async Task A_server_filter_that_answers_itself_never_activates_the_service()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            static (_, filters) => filters.Add(new InsteadFilter(static _ => new(42))));

        Assert.Equal(42, await host.Lab.AddAsync(2, 3).Soon());
        await host.Lab.PokeAsync().Soon();

        Assert.Equal(0, host.Activated);
    }

    [Fact]
    public async Task A_client_filter_that_answers_itself_sends_nothing()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            static (host, filters) => filters.Add(new BeforeFilter(_ => host.Events.Enqueue("arrived"))),
            static (_, filters) => filters.Add(new InsteadFilter(static _ => new(42))));

        Assert.Equal(42, await host.Lab.AddAsync(2, 3).Soon());
        await host.Lab.PokeAsync().Soon();
        await host.Lab.NoteAsync(1).Soon();

        Assert.Empty(host.Events);
    }

    [Fact]
    public async Task A_client_filter_can_repeat_a_call()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            client: static (host, filters) =>
            {
                filters.Add(new RetryFilter(3));
                filters.Add(new BeforeFilter(call => host.Events.Enqueue($"after {call.Items.Count}")));
            });
        int calls = 0;
        host.Implementation.On("flaky", _ => ++calls < 3 ? throw new RpcException(RpcStatusCode.Unavailable, "again") : new(calls));

        Assert.Equal(3, await host.Lab.RunAsync("flaky").Soon());

        Assert.Equal(["after 0", "after 1", "after 1"], host.Events);
        Assert.Equal(3, host.Activated);
        calls = -10;
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => host.Lab.RunAsync("flaky").Soon());
        Assert.Equal((RpcStatusCode.Unavailable, "again", -7), (error.Code, error.Message, calls));
    }

    [Fact]
    public async Task A_server_filter_can_repeat_a_call_on_the_same_implementation()
    {
        await using FilterHost host = await FilterHost.StartAsync(static (_, filters) => filters.Add(new RetryFilter(3)));
        int calls = 0;
        host.Implementation.On("flaky", _ => ++calls < 3 ? throw new RpcException(RpcStatusCode.Unavailable, "again") : new(calls));

        Assert.Equal(3, await host.Lab.RunAsync("flaky").Soon());

        Assert.Equal(1, host.Activated);
        await host.AssertReleasedAsync(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_filter_throws_is_what_the_call_fails_with(bool isAsync)
    {
        InsteadFilter filter = new(async _ =>
        {
            if (isAsync) await Task.Yield();
            throw new RpcException(RpcStatusCode.PermissionDenied, "not you");
        });
        BeforeFilter notAsync = new(static _ => throw new RpcException(RpcStatusCode.PermissionDenied, "not you"));
        await using FilterHost server = await FilterHost.StartAsync(
            (_, filters) => filters.Add((IRpcServerFilter)(isAsync ? filter : notAsync)));
        await using FilterHost client = await FilterHost.StartAsync(
            client: (_, filters) => filters.Add((IRpcClientFilter)(isAsync ? filter : notAsync)));
        foreach (FilterHost host in (FilterHost[])[server, client])
        {
            // The call itself throws nothing: what it returns does.
            Task<int> add = host.Lab.AddAsync(2, 3).AsTask();
            Task poke = host.Lab.PokeAsync();
            foreach (Task call in (Task[])[add, poke])
            {
                RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
                Assert.Equal((RpcStatusCode.PermissionDenied, "not you"), (error.Code, error.Message));
            }

            Assert.Equal(0, host.Activated);
        }
    }

    [Fact]
    public async Task An_undeclared_exception_of_a_server_filter_reaches_the_caller_as_a_number()
    {
        await using FilterHost host = await FilterHost.StartAsync(
            static (_, filters) => filters.Add(new BeforeFilter(static _ => throw new InvalidOperationException("the password is 1234"))));

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => host.Lab.AddAsync(2, 3).Soon());

        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        Assert.DoesNotContain("1234", error.Message, StringComparison.Ordinal);
        Assert.Contains("1234", await host.Log.WaitForAsync(error.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_runs_for_the_services_and_methods_it_was_added_for()
    {
        int asked = 0;
        await using FilterHost host = await FilterHost.StartAsync(
            (host, filters) =>
            {
                filters.Add(new RecordingFilter("all", host.Events));
                filters.Add(new RecordingFilter("other", host.Events)).ForService<Errors.IShop>();
                filters.Add(new RecordingFilter("lab", host.Events)).ForService<ILab>().ForService<Errors.IShop>();
                filters.Add(new RecordingFilter("add", host.Events)).ForMethod("Tests.Lab/Add", "Poke");
                filters.Add(new RecordingFilter("cancellable", host.Events)).When(method =>
                {
                    asked++;
                    return method.Options.HasFlag(RpcMethodOptions.Cancellable);
                });
                filters.Add(new RecordingFilter("both", host.Events)).ForMethod("Add").ForService<Errors.IShop>();
            });
        int askedAtStart = asked;

        await host.Lab.AddAsync(1, 1).Soon();
        await host.Lab.AddCancellableAsync(1, 1).Soon();

        Assert.Equal("all> lab> add> <add <lab <all all> lab> cancellable> <cancellable <lab <all", string.Join(' ', host.Events));
        Assert.Equal(askedAtStart, asked);
    }

    [Fact]
    public async Task A_method_name_that_no_service_has_fails_the_start()
    {
        RpcServerOptions options = new RpcServerOptions().Listen("memory://");
        options.Filters.Add(new RetryFilter(1)).ForMethod("Add", "Tests.Lab/Ad");
        await using RpcServer server = new RpcServer(options).AddService<ILab>(new Lab());

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => server.StartAsync());

        Assert.StartsWith(
            "The filter RetryFilter is for the method 'Tests.Lab/Ad', which no service here has. There are: Tests.Lab/Add, ",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_are_passed_from_filter_to_filter_of_one_call()
    {
        int number = 0;
        await using FilterHost host = await FilterHost.StartAsync(
            (host, filters) =>
            {
                filters.Add(new BeforeFilter(call => call.Items.Add("number", ++number)));
                filters.Add(new BeforeFilter(call => host.Events.Enqueue($"{call.Items["number"]}")));
            });

        await host.Lab.AddAsync(1, 1).Soon();
        await host.Lab.AddAsync(1, 1).Soon();

        Assert.Equal(["1", "2"], host.Events);
    }

    [Fact]
    public async Task A_server_filter_has_a_token_that_works_though_the_method_takes_none()
    {
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        InsteadFilter filter = new(async call =>
        {
            using CancellationTokenRegistration registration = call.CancellationToken.UnsafeRegister(_ => cancelled.SetResult(), null);
            waiting.SetResult();
            await cancelled.Task;
            throw new OperationCanceledException(call.CancellationToken);
        });
        using CancellationTokenSource source = new();
        await using FilterHost host = await FilterHost.StartAsync(
            (_, filters) => filters.Add(filter),
            (_, filters) => filters.Add(new BeforeFilter(call => call.CancellationToken = source.Token)));

        // The client's filter gives the call a token; Add has none of its own.
        Task<int> call = host.Lab.AddAsync(1, 1).AsTask();
        await waiting.Task.Soon();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task A_token_that_a_server_filter_puts_in_reaches_the_handler()
    {
        using CancellationTokenSource source = new();
        await using FilterHost host = await FilterHost.StartAsync(
            (_, filters) => filters.Add(new BeforeFilter(call => call.CancellationToken = source.Token)));
        host.Implementation.On("token", token => new(token == source.Token ? 1 : 0));

        Assert.Equal(1, await host.Lab.RunAsync("token").Soon());
    }

    [Fact]
    public async Task A_filter_added_as_a_function_is_created_once_or_selected_for_each_call()
    {
        int created = 0;
        int selected = 0;
        await using FilterHost host = await FilterHost.StartAsync(
            (host, filters) =>
            {
                filters.Add(() =>
                {
                    created++;
                    return new RecordingFilter("once", host.Events);
                });
                filters.Add(call =>
                {
                    selected++;
                    return new RecordingFilter(call.Method.Name, host.Events);
                });
            });

        await host.Lab.AddAsync(1, 1).Soon();
        await host.Lab.PokeAsync().Soon();

        Assert.Equal((1, 2), (created, selected));
        Assert.Equal("once> Add> <Add <once once> Poke> <Poke <once", string.Join(' ', host.Events));
    }

    [Fact]
    public async Task A_server_filter_that_forges_a_call_is_told_so()
    {
        await using FilterHost host = await FilterHost.StartAsync(static (_, filters) => filters.Add(new ForgingFilter()));

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => host.Lab.AddAsync(1, 1).Soon());

        Assert.Contains("with another call than the one it was given", await host.Log.WaitForAsync(error.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_of_a_wrong_name_or_type_are_named()
    {
        List<string> messages = [];
        await using FilterHost host = await FilterHost.StartAsync(
            client: (_, filters) => filters.Add(new ArgumentMistakes(messages)));

        Assert.Equal(3, await host.Lab.AddAsync(1, 2).Soon());

        Assert.Equal("Tests.Lab/Add has no parameter 'c'; it has a, b. (Parameter 'name')", messages[0]);
        Assert.Equal("Argument 'a' of Tests.Lab/Add is System.Int32, not System.String.", messages[1]);
        Assert.Equal("Argument 'a' is of type System.Int32, not System.String. (Parameter 'value')", messages[2]);
        Assert.Equal("Argument 'b' is of type System.Int32, not null. (Parameter 'value')", messages[3]);
    }

    [Fact]
    public void Without_a_filter_for_it_a_method_is_bound_as_if_there_were_none()
    {
        RpcClientOptions options = new();
        options.Filters.Add(new RetryFilter(1)).ForMethod("Other");
        UnaryInvoker<int, int> invoker = new NoInvoker();
        RpcMethod method = MethodOf<ILab>();

        Assert.Same(invoker, FilterChain.Of(options.Filters).Around(method, new TypeShape<int>(null!, null!), invoker));
        Assert.Same(FilterChain.Empty, FilterChain.Of(new RpcClientOptions().Filters));
    }

    private static RpcMethod MethodOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.Methods[0];

    private static void Note(FilterHost host, string side, RpcFilterCall call) =>
        host.Events.Enqueue($"{side} {call.Method.Name} {call.HasResult}");

    private static void AddThree(string side, FilterHost host, Func<RecordingFilter, RpcFilterRegistration> add)
    {
        for (int i = 1; i <= 3; i++) add(new RecordingFilter($"{side}{i}", host.Events));
    }

    private sealed class NoInvoker : UnaryInvoker<int, int>
    {
        public override ValueTask<int> InvokeAsync(in int request, CancellationToken cancellationToken) => new(request);
    }

    private sealed class ArgumentMistakes(List<string> messages) : IRpcClientFilter
    {
        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            messages.Add(Assert.Throws<ArgumentException>(() => call.GetArgument<int>("c")).Message);
            messages.Add(Assert.Throws<ArgumentException>(() => call.GetArgument<string>("a")).Message);
            messages.Add(Assert.Throws<ArgumentException>(() => call.SetArgument("a", "text")).Message);
            messages.Add(Assert.Throws<ArgumentException>(() => call.SetArgument(1, null)).Message);
            Assert.Equal(1, call.GetArgument<object>("a"));
            return next(call);
        }
    }
}
