namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class RegistrationTests
{
    private const string Classes = """

        sealed class Greeter : GreeterBase;
        sealed class Both : GreeterBase, IOther { public ValueTask OtherAsync(CancellationToken ct) => default; }
        sealed class Plain : INoService { public ValueTask<int> AddAsync(int a, CancellationToken ct) => new(a); void INoService.Plain() { } }
        """;

    private static readonly Rule s_wrong = new("SGR0079");
    private static readonly Rule s_proxy = new("SGR0080");

    [Fact]
    public Task An_implementation_in_place_of_its_service_is_reported() => s_wrong.ReportsInBrokenCodeAsync("""
        class Program
        {
            void Run(RpcServer server, IServiceCollection services, RpcServerBuilder builder, RpcClient client)
            {
                server.AddService([|new Greeter()|]);
                server.AddService<[|Greeter|]>(new Greeter());
                server.AddService([|new Both()|]);
                server.AddService([|new Plain()|]);
                builder.AddService<[|Greeter|]>();
                services.AddRpcClient<[|Greeter|]>("tcp://127.0.0.1:1");
                client.Get<[|Greeter|]>();
            }
        }
        """ + Classes,
        "AddService cannot take 'Greeter': it is the implementation; name the service, AddService<IGreeter>",
        "AddService<IGreeter>", "it implements several services; name the one that is meant: IGreeter, IOther",
        "'Plain': it implements no [Service] interface", "AddService<IGreeter>", "AddRpcClient<IGreeter>", "Get<IGreeter>");

    [Fact]
    public Task An_interface_that_is_no_service_is_reported() => s_wrong.ReportsInBrokenCodeAsync("""
        class Program
        {
            void Run(RpcServer server, RpcClient client)
            {
                server.AddService<[|INoService|]>(new Plain());
                client.Get<[|INoService|]>();
            }
        }
        """ + Classes, "'INoService': it is an interface without [Service]; add [Service] and 'partial' to it");

    [Fact]
    public Task An_implementation_of_another_service_is_reported() => s_wrong.ReportsInBrokenCodeAsync("""
        class Program
        {
            void Run(RpcServer server, RpcServerBuilder builder)
            {
                builder.AddService<IOther, [|Greeter|]>();
                server.AddService<IOther>([|new Greeter()|]);
            }
        }
        """ + Classes, "AddService<IOther> cannot take 'Greeter': it does not implement IOther; it implements IGreeter");

    [Fact]
    public Task An_implementation_that_cannot_be_created_is_reported() => s_wrong.ReportsAsync("""
        class Program
        {
            void Run(RpcServerBuilder builder)
            {
                builder.AddService<IGreeter, [|GreeterBase|]>();
                builder.AddService<IGreeter, [|IGreeter|]>();
            }
        }
        """, "'GreeterBase': it is abstract", "'IGreeter': it is an interface");

    [Fact]
    public Task Right_registrations_and_other_mistakes_are_let_pass() => s_wrong.ReportsInBrokenCodeAsync("""
        class Program
        {
            void Run(RpcServer server, RpcServerBuilder builder, IServiceCollection services, RpcClient client)
            {
                server.AddService<IGreeter>(new Greeter());
                IGreeter greeter = new Greeter();
                server.AddService(greeter);
                builder.AddService<IGreeter, Greeter>().AddService<IOther>(new Both()).AddService<IOther>(_ => new Both());
                services.AddRpcClient<IGreeter>("tcp://127.0.0.1:1");
                client.Get<IGreeter>();
                client.Get<IGreeter>(1, 2, 3);
                server.AddService();
                server.AddService(missing);
            }
        }
        """ + Classes);

    [Fact]
    public Task A_proxy_registered_as_an_implementation_is_reported() => s_proxy.ReportsAsync("""
        class Program
        {
            void Run(RpcServer server, RpcServerBuilder builder, RpcClient client)
            {
                server.AddService<IGreeter>([|client.Get<IGreeter>()|]);
                IGreeter proxy = client.Get<IGreeter>();
                builder.AddService([|proxy|]);
            }
        }
        """, "'client.Get<IGreeter>()' is a proxy of 'IGreeter', so every call that arrives here is sent on to another server");

    [Fact]
    public Task An_implementation_that_forwards_is_let_pass() => s_proxy.LetsPassAsync("""
        sealed class Relay(IGreeter next) : GreeterBase
        {
            public override Task ResetAsync(CancellationToken ct) => next.ResetAsync(ct);
        }

        class Program
        {
            void Run(RpcServer server, RpcClient client, IGreeter injected)
            {
                server.AddService<IGreeter>(new Relay(client.Get<IGreeter>()));
                server.AddService(injected);
            }
        }
        """);

    [Fact]
    public Task The_fix_names_the_service() => Fix.AppliesToAllAsync("SGR0079", """
        class Program
        {
            void Run(RpcServer server, RpcServerBuilder builder, RpcClient client)
            {
                server.AddService(new Greeter());
                server.AddService<Greeter>(new Greeter());
                builder.AddService<Greeter>();
                client.Get<Greeter>();
            }
        }

        sealed class Greeter : GreeterBase;
        """, """
        class Program
        {
            void Run(RpcServer server, RpcServerBuilder builder, RpcClient client)
            {
                server.AddService<IGreeter>(new Greeter());
                server.AddService<IGreeter>(new Greeter());
                builder.AddService<IGreeter, Greeter>();
                client.Get<IGreeter>();
            }
        }

        sealed class Greeter : GreeterBase;
        """, "Name the service IGreeter");
}
