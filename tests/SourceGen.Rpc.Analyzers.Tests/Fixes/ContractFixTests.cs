namespace SourceGen.Rpc.Analyzers.Tests.Fixes;

/// <summary>The fixes of what makes a contract invalid: afterwards it is generated, so that the whole project compiles.</summary>
public class ContractFixTests
{
    [Fact]
    public Task Interfaces_and_what_contains_them_are_made_partial() => Task.WhenAll(
        Fix.AppliesToAllAsync("SGR0001", """
            /// <summary>First.</summary>
            [Service]
            public interface IOne { ValueTask AAsync(); }

            [Service]
            interface ITwo { ValueTask AAsync(); }
            """, """
            /// <summary>First.</summary>
            [Service]
            public partial interface IOne { ValueTask AAsync(); }

            [Service]
            partial interface ITwo { ValueTask AAsync(); }
            """),
        Fix.AppliesToAllAsync("SGR0002", """
            // the outer one
            class Outer
            {
                public sealed class Inner
                {
                    [Service] public partial interface IOne { ValueTask AAsync(); }
                }
            }
            """, """
            // the outer one
            partial class Outer
            {
                public sealed partial class Inner
                {
                    [Service] public partial interface IOne { ValueTask AAsync(); }
                }
            }
            """));

    [Fact]
    public Task An_interface_is_made_internal_where_it_is_itself_hidden() => Task.WhenAll(
        Fix.AppliesAsync("SGR0005", """
            public partial class Api
            {
                // greets
                [Service]
                private partial interface IOne { ValueTask AAsync(); }
            }
            """, """
            public partial class Api
            {
                // greets
                [Service]
                internal partial interface IOne { ValueTask AAsync(); }
            }
            """),
        Fix.AppliesAsync(
            "SGR0005",
            "[Service] file partial interface IOne { ValueTask AAsync(); }",
            "[Service] internal partial interface IOne { ValueTask AAsync(); }"),
        Fix.AppliesAsync(
            "SGR0005",
            "partial class Api { [Service] partial interface IOne { ValueTask AAsync(); } }",
            "partial class Api { [Service] internal partial interface IOne { ValueTask AAsync(); } }"),
        Fix.IsNotOfferedAsync(
            "SGR0005", "partial class A { private partial class B { [Service] public partial interface IOne { ValueTask AAsync(); } } }"));

    [Fact]
    public Task A_property_that_is_read_becomes_a_method() => Task.WhenAll(
        Fix.AppliesAsync("SGR0006", """
            [Service]
            public partial interface IOne
            {
                /// <summary>How many.</summary>
                int Count { get; }
            }
            """, """
            [Service]
            public partial interface IOne
            {
                /// <summary>How many.</summary>
                ValueTask<int> GetCountAsync();
            }
            """),
        Fix.IsNotOfferedAsync("SGR0006", "[Service] public partial interface IOne { int Count { get; set; } }"),
        Fix.IsNotOfferedAsync("SGR0006", "[Service] public partial interface IOne { int this[int i] { get; } }"),
        Fix.IsNotOfferedAsync("SGR0006", "[Service] public partial interface IOne { event Action Changed; }"));

    [Fact]
    public Task Methods_are_made_public_instance_methods() => Task.WhenAll(
        Fix.AppliesAsync("SGR0007", """
            [Service]
            public partial interface IOne
            {
                // says it
                static abstract ValueTask AAsync();
            }
            """, """
            [Service]
            public partial interface IOne
            {
                // says it
                ValueTask AAsync();
            }
            """),
        Fix.AppliesToAllAsync("SGR0029", """
            [Service]
            public partial interface IOne
            {
                // hidden
                protected ValueTask AAsync();
                [Method(Idempotent = true)] private protected ValueTask BAsync();
            }
            """, """
            [Service]
            public partial interface IOne
            {
                // hidden
                ValueTask AAsync();
                [Method(Idempotent = true)] ValueTask BAsync();
            }
            """));

    [Fact]
    public Task Methods_return_tasks() => Task.WhenAll(
        Fix.AppliesAsync(
            "SGR0008",
            "[Service] public partial interface IOne { void A(); }",
            "[Service] public partial interface IOne { ValueTask A(); }"),
        Fix.AppliesToAllAsync(
            "SGR0008",
            "[Service] public partial interface IOne { string A(); List<int>? B(int i); }",
            "[Service] public partial interface IOne { ValueTask<string> A(); ValueTask<List<int>?> B(int i); }"),
        Fix.AppliesAsync(
            "SGR0008",
            "[Service] public partial interface IOne { IEnumerable<string> A(); }",
            "[Service] public partial interface IOne { IAsyncEnumerable<string> A(); }",
            "Return a stream (IAsyncEnumerable<T>)"),
        Fix.IsNotOfferedAsync("SGR0008", "[Service] public partial interface IOne { ref int A(); }"));

    [Fact]
    public Task Parameters_are_passed_by_value() => Task.WhenAll(
        Fix.AppliesToAllAsync(
            "SGR0009",
            "[Service] public partial interface IOne { ValueTask AAsync(ref int a, in int b, ref readonly int c, string d); }",
            "[Service] public partial interface IOne { ValueTask AAsync(int a, int b, int c, string d); }"),
        Fix.IsNotOfferedAsync("SGR0009", "[Service] public partial interface IOne { ValueTask AAsync(out int a); }"));

    [Fact]
    public Task The_token_is_moved_to_the_end() => Task.WhenAll(
        Fix.AppliesToAllAsync("SGR0010", """
            [Service]
            public partial interface IOne
            {
                ValueTask AAsync(CancellationToken ct, int a);
                ValueTask BAsync(
                    int a,
                    CancellationToken ct,
                    string b = "");
            }
            """, """
            [Service]
            public partial interface IOne
            {
                ValueTask AAsync(int a, CancellationToken ct);
                ValueTask BAsync(
                    int a,
                    string b = "",
                    CancellationToken ct = default);
            }
            """, "Move the CancellationToken to the end"),
        Fix.AppliesAsync(
            "SGR0010",
            "[Service] public partial interface IOne { ValueTask AAsync(CancellationToken first, int a, CancellationToken second); }",
            "[Service] public partial interface IOne { ValueTask AAsync(int a, CancellationToken second); }",
            "Remove this CancellationToken"));

    [Fact]
    public Task A_one_way_method_with_a_result_loses_one_of_the_two() => Task.WhenAll(
        Fix.AppliesAsync(
            "SGR0011",
            "[Service] public partial interface IOne { [OneWay] ValueTask<int> AAsync(); }",
            "[Service] public partial interface IOne { [OneWay] ValueTask AAsync(); }",
            "Return nothing (ValueTask)"),
        Fix.AppliesAsync("SGR0011", """
            [Service]
            public partial interface IOne
            {
                // counts
                [OneWay]
                ValueTask<int> AAsync();
            }
            """, """
            [Service]
            public partial interface IOne
            {
                // counts
                ValueTask<int> AAsync();
            }
            """, "Remove [OneWay]"));

    [Fact]
    public Task A_wrong_time_limit_is_removed() => Fix.AppliesToAllAsync("SGR0012", """
        [Service]
        public partial interface IOne
        {
            [Method(TimeoutMs = -5)]
            ValueTask AAsync();

            [Method(Idempotent = true, TimeoutMs = -5)]
            ValueTask BAsync();
        }
        """, """
        [Service]
        public partial interface IOne
        {
            ValueTask AAsync();

            [Method(Idempotent = true)]
            ValueTask BAsync();
        }
        """);

    [Fact]
    public Task A_method_that_may_run_twice_is_marked_as_idempotent() => Fix.AppliesToAllAsync("SGR0048", """
        [Service]
        public partial interface IOne
        {
            [CallPolicy(CallStrategy.Forking)]
            ValueTask AAsync();

            [CallPolicy(HedgeDelayMs = 5), Method(TimeoutMs = 100)]
            ValueTask BAsync();

            [Method(Idempotent = false)]
            [CallPolicy(CallStrategy.Failback)]
            ValueTask CAsync();
        }
        """, """
        [Service]
        public partial interface IOne
        {
            [Method(Idempotent = true)]
            [CallPolicy(CallStrategy.Forking)]
            ValueTask AAsync();

            [CallPolicy(HedgeDelayMs = 5), Method(TimeoutMs = 100, Idempotent = true)]
            ValueTask BAsync();

            [Method(Idempotent = true)]
            [CallPolicy(CallStrategy.Failback)]
            ValueTask CAsync();
        }
        """);

    [Fact]
    public Task Overloads_get_names_of_their_own() => Fix.AppliesToAllAsync("SGR0014", """
        [Service]
        public partial interface IOne
        {
            ValueTask AddAsync(int value);

            /// <summary>Adds.</summary>
            ValueTask AddAsync(long value, CancellationToken ct = default);
            [Method(Idempotent = true)] ValueTask AddAsync(List<string> values, byte[] more, int? maybe);
            ValueTask AddAsync();
        }
        """, """
        [Service]
        public partial interface IOne
        {
            ValueTask AddAsync(int value);

            /// <summary>Adds.</summary>
            [Method(Name = "AddLong")]
            ValueTask AddAsync(long value, CancellationToken ct = default);
            [Method(Name = "AddListOfStringByteArrayNullableInt", Idempotent = true)] ValueTask AddAsync(List<string> values, byte[] more, int? maybe);
            [Method(Name = "Add2")]
            ValueTask AddAsync();
        }
        """);

    [Fact]
    public Task What_cannot_be_a_stream_becomes_one() => Task.WhenAll(
        Fix.AppliesToAllAsync("SGR0015", """
            using System.Threading.Channels;
            [Service]
            public partial interface IOne
            {
                ValueTask<IAsyncEnumerable<int>> AAsync();
                Task<ChannelReader<int>> BAsync();
                IAsyncEnumerator<string> C();
                ValueTask DAsync(ChannelReader<int> numbers);
            }
            """, """
            using System.Threading.Channels;
            [Service]
            public partial interface IOne
            {
                IAsyncEnumerable<int> AAsync();
                IAsyncEnumerable<int> BAsync();
                IAsyncEnumerable<string> C();
                ValueTask DAsync(IAsyncEnumerable<int> numbers);
            }
            """),
        Fix.IsNotOfferedAsync("SGR0015", "[Service] public partial interface IOne { ValueTask<List<IAsyncEnumerable<int>>> AAsync(); }"),
        Fix.IsNotOfferedAsync(
            "SGR0015", "[Service] public partial interface IOne { ValueTask AAsync(IAsyncEnumerable<int> a, IAsyncEnumerable<int> b); }"));

    [Fact]
    public Task Members_that_cannot_travel_are_left_out() => Fix.AppliesToAllAsync("SGR0016", """
        public class Item
        {
            public int Id { get; set; }

            /// <summary>Anything.</summary>
            public object? Tag { get; set; }
            public Action? Changed;
        }

        public record Line(int Id, object? Tag = null);

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item, Line line); }
        """, """
        public class Item
        {
            public int Id { get; set; }

            /// <summary>Anything.</summary>
            [IgnoreMember]
            public object? Tag { get; set; }
            [IgnoreMember]
            public Action? Changed;
        }

        public record Line(int Id, [property: IgnoreMember] object? Tag = null);

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item, Line line); }
        """);

    [Fact]
    public Task No_fix_is_offered_for_a_parameter_that_cannot_travel() =>
        Fix.IsNotOfferedAsync("SGR0016", "[Service] public partial interface IOne { ValueTask AAsync(object any); }");

    [Fact]
    public Task Members_with_the_key_of_another_get_the_next_free_one() => Fix.AppliesToAllAsync("SGR0020", """
        public class Item
        {
            [Key(0)] public int A { get; set; }
            [Key(0)] public int B { get; set; }
            [Key(1)] public int C { get; set; }
            [Key(1)] public int D { get; set; }
        }

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item); }
        """, """
        public class Item
        {
            [Key(0)] public int A { get; set; }
            [Key(2)] public int B { get; set; }
            [Key(1)] public int C { get; set; }
            [Key(3)] public int D { get; set; }
        }

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item); }
        """);

    [Fact]
    public Task Members_without_a_key_get_the_next_free_one() => Fix.AppliesToAllAsync("SGR0021", """
        public class Item
        {
            [Key(0)]
            public int A { get; set; }

            public int B { get; set; }
            public int Computed => A + B;
            [IgnoreMember] public int Cached { get; set; }
            public int C;
        }

        public record Line([property: Key(0)] int A, int B);

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item, Line line); }
        """, """
        public class Item
        {
            [Key(0)]
            public int A { get; set; }

            [Key(1)]
            public int B { get; set; }
            public int Computed => A + B;
            [IgnoreMember] public int Cached { get; set; }
            [Key(2)]
            public int C;
        }

        public record Line([property: Key(0)] int A, [property: Key(1)] int B);

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item, Line line); }
        """);

    [Fact]
    public Task A_key_on_what_is_not_serialized_is_removed() => Fix.AppliesToAllAsync("SGR0024", """
        public class Item
        {
            [Key(0)] public int A { get; set; }

            /// <summary>All.</summary>
            [Key(1)]
            public int Total => A;

            [Key(2), IgnoreMember] public int Cached { get; set; }
        }

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item); }
        """, """
        public class Item
        {
            [Key(0)] public int A { get; set; }

            /// <summary>All.</summary>
            public int Total => A;

            [IgnoreMember] public int Cached { get; set; }
        }

        [Service]
        public partial interface IOne { ValueTask AAsync(Item item); }
        """);

    [Fact]
    public Task A_one_way_method_that_declares_an_error_loses_one_of_the_two() => Task.WhenAll(
        Fix.AppliesAsync(
            "SGR0036",
            "public record Gone(int Id); [Service] public partial interface IOne { [OneWay, Throws<Gone>] ValueTask AAsync(); }",
            "public record Gone(int Id); [Service] public partial interface IOne { [OneWay] ValueTask AAsync(); }",
            "Remove [Throws]"),
        Fix.AppliesAsync(
            "SGR0036",
            "public record Gone(int Id); [Service] public partial interface IOne { [OneWay, Throws<Gone>] ValueTask AAsync(); }",
            "public record Gone(int Id); [Service] public partial interface IOne { [Throws<Gone>] ValueTask AAsync(); }",
            "Remove [OneWay]"));
}
