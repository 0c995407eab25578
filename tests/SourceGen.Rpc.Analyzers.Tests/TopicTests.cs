namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>Interfaces of events: the rules that are theirs alone, at their places, and those of calls that hold for events.</summary>
public class TopicTests
{
    /// <summary>Methods as publishers and subscribers will have them.</summary>
    private const string Publishing = """

        [Topic("orders")]
        public partial interface IOrderEvents
        {
            ValueTask PlacedAsync(int id, CancellationToken ct = default);
        }

        public static class Topics
        {
            public static T GetPublisher<T>() where T : class, SourceGen.Rpc.CompilerServices.ITopicContract<T> => throw new NotSupportedException();
        }
        """;

    private static readonly Rule s_name = new("SGR0053");
    private static readonly Rule s_event = new("SGR0054");
    private static readonly Rule s_attribute = new("SGR0055");
    private static readonly Rule s_both = new("SGR0056");

    [Fact]
    public Task A_name_that_is_no_topic_is_reported_where_it_comes_from() => s_name.ReportsAsync("""
        [Topic("or ders")] public partial interface [|IOne|] { ValueTask AAsync(); }
        [Topic(".orders")] public partial interface [|ITwo|];
        [Topic("orders")]
        public partial interface IThree
        {
            [Method(Name = "*")] ValueTask [|AllAsync|]();
            ValueTask [|GrößeAsync|]();
        }
        """,
        "Interface 'IOne' has the topic \"or ders\", which is not valid: it has the character ' ' (U+0020)",
        "Interface 'ITwo' has the topic \".orders\", which is not valid: it has an empty token",
        "Method 'IThree.AllAsync' has the topic \"orders.*\", which is not valid: '*' is for patterns",
        "Method 'IThree.GrößeAsync' has the topic \"orders.Größe\", which is not valid: it has the character 'ö'");

    [Fact]
    public Task A_name_that_is_a_topic_is_let_pass() => s_name.LetsPassAsync("""
        [Topic("Shop.orders-v1_x.0")]
        public partial interface IOne
        {
            [Method(Name = "eu.placed-1")] ValueTask PlacedAsync();
            ValueTask _();
        }

        // A service's methods may be called otherwise.
        [Service(Name = "größe")] public partial interface ITwo { [Method(Name = "*")] ValueTask AllAsync(); }
        """);

    [Fact]
    public Task A_result_is_reported_at_the_method_and_a_stream_at_its_parameter() => s_event.ReportsAsync("""
        [Topic("orders")]
        public partial interface IOne
        {
            ValueTask<int> [|AAsync|]();
            IAsyncEnumerable<int> [|BAsync|]();
            int [|C|]();
            Task DAsync(int a, IAsyncEnumerable<int> [|items|], CancellationToken ct = default);
        }
        """,
        "Event 'IOne.AAsync' returns 'ValueTask<int>'", "Event 'IOne.BAsync' returns 'IAsyncEnumerable<int>'", "Event 'IOne.C' returns 'int'",
        "Event 'IOne.DAsync' takes the stream 'IAsyncEnumerable<int>' as items");

    [Fact]
    public Task An_event_without_a_result_is_let_pass_and_so_is_a_call_with_one() => s_event.LetsPassAsync("""
        [Topic("orders")]
        public partial interface IOne
        {
            ValueTask AAsync();
            Task BAsync(IEnumerable<int> items, CancellationToken ct);
            int C() => 1;
        }
        """);

    [Fact]
    public Task What_is_for_calls_only_is_reported_at_the_method_or_the_interface_that_has_it() => s_attribute.ReportsAsync("""
        [Topic("orders"), AllowAnonymous]
        public partial interface [|IOne|] : IBase
        {
            [OneWay] ValueTask [|AAsync|]();
            [Method(TimeoutMs = 5)] ValueTask [|BAsync|]();
            [RequireAuthorization] ValueTask [|CAsync|]();
            [CallPolicy] ValueTask [|DAsync|]();
            [Throws<Gone>] ValueTask [|EAsync|]();
        }
        public interface IBase { ValueTask FAsync(); }
        public record Gone(int Id);
        """,
        "Interface 'IOne' has [AllowAnonymous], which means nothing for events", "'IOne.AAsync' has [OneWay]", "'IOne.BAsync' has TimeoutMs",
        "'IOne.CAsync' has [RequireAuthorization]", "'IOne.DAsync' has [CallPolicy]", "'IOne.EAsync' has [Throws]");

    [Fact]
    public Task What_an_inherited_interface_says_is_reported_at_the_topic() => s_attribute.ReportsAsync("""
        [Topic("orders")] public partial interface [|IOne|] : IBase;
        [RequireAuthorization] public interface IBase { ValueTask FAsync(); }
        """, "Interface 'IBase' (inherited by IOne) has [RequireAuthorization]");

    [Fact]
    public Task What_means_something_for_events_is_let_pass() => s_attribute.LetsPassAsync("""
        [Topic("orders", Version = "2")]
        public partial interface IOne
        {
            [Method(Name = "a", Idempotent = true)] ValueTask AAsync([HashKey] int id, [Intern] string shop);

            // With a body it is no event; what is wrong with it is said by another rule.
            [Obsolete] ValueTask BAsync() => AAsync(1, "");
        }
        """);

    [Fact]
    public Task Both_attributes_are_reported_at_the_interface_and_nothing_else() => s_both.ReportsAsync("""
        [Service]
        [Topic("orders")]
        public partial interface [|IOne|] { ValueTask AAsync(); }
        """, "Interface 'IOne' has both [Service] and [Topic]");

    [Fact]
    public Task A_service_that_inherits_a_topic_is_let_pass() => s_both.LetsPassAsync("""
        [Topic("orders")] public partial interface IOne { ValueTask AAsync(); }
        [Service] public partial interface ITwo : IOne { ValueTask<int> BAsync(); }
        """);

    [Theory]
    [InlineData("SGR0001", "[Topic(\"a\")] public interface [|IOne|] { ValueTask AAsync(); }")]
    [InlineData("SGR0002", "public class [|Outer|] { [Topic(\"a\")] public partial interface IOne { ValueTask AAsync(); } }")]
    [InlineData("SGR0003", "[Topic(\"a\")] public partial interface [|IOne|]<T> { ValueTask AAsync(); }")]
    [InlineData("SGR0004", "[Topic(\"a\")] public partial interface IOne { ValueTask [|AAsync|]<T>(); }")]
    [InlineData("SGR0006", "[Topic(\"a\")] public partial interface IOne { int [|A|] { get; } }")]
    [InlineData("SGR0009", "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(ref int [|a|]); }")]
    [InlineData("SGR0010", "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(CancellationToken [|ct|], int a); }")]
    [InlineData("SGR0013", "[Topic(\"a\", Version = \"1 2\")] public partial interface [|IOne|] { ValueTask AAsync(); }")]
    [InlineData("SGR0014", "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(); Task [|A|](int a); }")]
    [InlineData("SGR0016", "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(object [|a|]); }")]
    [InlineData("SGR0052", "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync([HashKey] double [|a|]); }")]
    public Task What_holds_for_services_holds_for_topics(string id, string source) => new Rule(id).ReportsAsync(source);

    [Fact]
    public async Task An_attribute_without_a_name_is_left_to_the_compiler()
    {
        const string Source = "[Topic] public partial interface IOne { ValueTask AAsync(); }";

        await s_name.ReportsInBrokenCodeAsync(Source);
        Assert.Contains("CS7036", Assert.Single(await Workbench.CompilerErrorsAsync(Workbench.CreateProject(Source))), StringComparison.Ordinal);
    }

    [Fact]
    public Task Whoever_asks_for_a_topic_as_for_a_service_is_told_what_it_is() => new Rule("SGR0079").ReportsInBrokenCodeAsync("""
        sealed class Handler : IOrderEvents { public ValueTask PlacedAsync(int id, CancellationToken ct) => default; }
        class Program
        {
            void Run(RpcServer server, RpcClient client)
            {
                client.Get<[|IOrderEvents|]>();
                server.AddService<[|IOrderEvents|]>(new Handler());
            }
        }
        """ + Publishing, "'IOrderEvents': it is a [Topic], whose events are published and subscribed to; name a [Service] interface");

    [Theory]
    [InlineData("client.Get<IOrderEvents>();", "CS0311")]
    [InlineData("server.AddService<IOrderEvents>(null!);", "CS0311")]
    [InlineData("Topics.GetPublisher<IGreeter>();", "CS0311")]
    [InlineData("Topics.GetPublisher<IOrderEvents>();", null)]
    public async Task Topics_and_services_do_not_compile_for_each_other(string statement, string? error)
    {
        string source = $$"""class Program { void Run(RpcServer server, RpcClient client) { {{statement}} } }""" + Publishing;

        string[] errors = await Workbench.CompilerErrorsAsync(Workbench.CreateProject(source));

        if (error is null) Assert.Empty(errors);
        else Assert.Contains(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public Task An_event_that_is_not_awaited_is_reported() => new Rule("SGR0074").ReportsAsync("""
        class Program(IOrderEvents events)
        {
            void Dropped() { [|events.PlacedAsync(1)|]; }
            async Task Awaited() { await events.PlacedAsync(1); }
        }
        """ + Publishing, "the call of 'IOrderEvents.PlacedAsync' is lost");

    [Fact]
    public Task A_token_at_hand_that_is_not_passed_is_reported() => new Rule("SGR0073").ReportsAsync("""
        class Program(IOrderEvents events)
        {
            async Task Run(CancellationToken ct) { await events.[|PlacedAsync|](1); }
        }
        """ + Publishing);

    [Fact]
    public Task A_subscriber_that_blocks_its_thread_is_reported() => new Rule("SGR0076").ReportsAsync("""
        sealed class Handler : IOrderEvents
        {
            public ValueTask PlacedAsync(int id, CancellationToken ct) { [|Thread.Sleep(id)|]; return default; }
        }
        """ + Publishing);

    [Fact]
    public Task An_event_without_a_token_is_advised_to_take_one() => new Rule("SGR0072").ReportsAsync("""
        [Topic("a")] public partial interface IOne { ValueTask [|AAsync|](); ValueTask BAsync(CancellationToken ct); }
        """);

    [Fact]
    public Task Events_in_a_loop_have_an_order() => new Rule("SGR0077").LetsPassAsync("""
        class Program(IOrderEvents events)
        {
            async Task Run(int[] ids) { foreach (int id in ids) await events.PlacedAsync(id); }
        }
        """ + Publishing);

    [Fact]
    public Task What_means_nothing_is_removed() => Fix.AppliesToAllAsync("SGR0055", """
        [Topic("orders")]
        [AllowAnonymous]
        public partial interface IOne
        {
            // placed
            [OneWay]
            ValueTask AAsync();

            [Method(TimeoutMs = 5, Idempotent = true)]
            ValueTask BAsync();

            [Throws<Gone>, Method(Name = "c")]
            ValueTask CAsync();
        }
        public record Gone(int Id);
        """, """
        [Topic("orders")]
        public partial interface IOne
        {
            // placed
            ValueTask AAsync();

            [Method(Idempotent = true)]
            ValueTask BAsync();

            [Method(Name = "c")]
            ValueTask CAsync();
        }
        public record Gone(int Id);
        """);

    [Fact]
    public Task Which_of_several_is_meant_is_not_guessed() => Fix.IsNotOfferedAsync(
        "SGR0055", "[Topic(\"a\")] public partial interface IOne { [OneWay, AllowAnonymous] ValueTask AAsync(); }");

    [Fact]
    public Task What_is_returned_goes_and_a_stream_becomes_a_list() => Task.WhenAll(
        Fix.AppliesAsync(
            "SGR0054",
            "[Topic(\"a\")] public partial interface IOne { ValueTask<int> AAsync(); }",
            "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(); }"),
        Fix.AppliesAsync(
            "SGR0054",
            "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(IAsyncEnumerable<int> items); }",
            "[Topic(\"a\")] public partial interface IOne { ValueTask AAsync(IReadOnlyList<int> items); }"),
        Fix.IsNotOfferedAsync("SGR0054", "[Topic(\"a\")] public partial interface IOne { ref ValueTask AAsync(); }"));
}
