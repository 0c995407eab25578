using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>
/// An analyzer runs while code is being typed: whatever it is given, nothing may be thrown, neither by analyzers nor by what fixes offer.
/// </summary>
public class HostileCodeTests
{
    private static readonly string s_program = """
        using System.Diagnostics;
        [Service(Name = "Shop")]
        public partial interface IShop : IOther
        {
            [Method(Name = "Buy", TimeoutMs = -5)] ValueTask<IEnumerable<int>> BuyAsync(string sku, int count = 1);
            [OneWay, Throws<Gone>] ValueTask LogAsync(CancellationToken ct, object line);
            IEnumerable<string> Names { get; }
            ValueTask<int> BuyAsync(string sku, CancellationToken ct = default);
        }

        public record Gone([property: Key(0)] int A, [Key(0)] int B, object? Tag = null) { [Key(3)] public int C => A; }

        sealed class Greeter(IGreeter next, SemaphoreSlim gate) : GreeterBase
        {
            public override async ValueTask<int> AddAsync(int a, int b, CancellationToken ct)
            {
                gate.Wait(); Thread.Sleep(1); File.ReadAllText("x");
                next.ResetAsync(); next?.TicksAsync(1);
                return next.AddAsync(b: 2, a: 1).Result + Task.FromResult(1).GetAwaiter().GetResult();
            }

            public override async ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => from i in new[] { 1 } select i;
            async void Fire() { foreach (int i in new[] { 1 }) { List<string> l = []; l.Add(await next.NameAsync(i)); } }
        }

        class Program
        {
            async Task<IGreeter> Run(RpcServer server, RpcServerBuilder builder)
            {
                await using RpcClient client = RpcClient.Create("tcp://127.0.0.1:1");
                server.AddService(new Greeter(null!, new(1))); builder.AddService<IOther, Greeter>(); server.AddService(client.Get<IOther>());
                RpcClient other = RpcClient.Create("tcp://127.0.0.1:1"); await other.DisposeAsync(); other.Get<IGreeter>();
                return client.Get<IGreeter>();
            }
        }
        """.ReplaceLineEndings("\n");

    /// <summary>Where the text is cut off: what a file looks like while it is being written.</summary>
    public static TheoryData<int> Cuts
    {
        get
        {
            TheoryData<int> cuts = [];
            for (int i = 0; i < 60; i++) cuts.Add(i);
            return cuts;
        }
    }

    public static TheoryData<string> Broken =>
    [
        "",
        "[Service] public partial interface",
        "[Service] public partial interface I<T> where T : I<T> { ValueTask<T> A<U>(this U u, params T[] t); }",
        "[Service] partial interface I : I { ValueTask A(); }",
        "[Service] partial interface A : B { } [Service] partial interface B : A { ValueTask X(A a, B b); }",
        "[Service(Name = 3, Version = null, Name = )] partial interface I { [Method(Name = 5, TimeoutMs = \"x\")] ValueTask A(); }",
        "[Service] partial interface I { ValueTask<> A(); Task<Missing<int>> B(Missing m, CancellationToken = default); }",
        "[Service] partial interface I { [Key] ValueTask A(int, int, ); }",
        "public class C { [Key(\"a\")] public int A; [Key(0)] public C() { } [Key()] public int B { get; set; } [Key(0, 1)] public int D; }",
        "public class C : C { [Key(0)] public int A { get; set; } }",
        "public record R([Key(0)] R, [Key(0)] int);",
        "class P { void A(IGreeter g) { g.AddAsync().Result.; g.; g.AddAsync(1, 2, 3, 4).Wait(; g?.?.A(); } }",
        "class P { async A(IGreeter g, CancellationToken) { await g.AddAsync(; foreach (var x in ) await g.NameAsync(x); } }",
        "class P { void A(RpcServer s) { s.AddService<>(); s.AddService<,>(); s.AddService<int>(); s.AddService<int[], dynamic>(); s.AddService(null); } }",
        "class P { void A(RpcServer s) { AddService<P>(); s?.AddService<P>(new()); s.AddService(default); s.AddService(x => x); s.Get<P>(); } }",
        "class P { async void A() { await using RpcClient = ; await using var c = RpcClient.Create(; return c; RpcClient d = d.Get<IGreeter>(); } }",
        "RpcClient c = null; await c.DisposeAsync(); c.Get<IGreeter>(); goto x; x: return c;",
        "class G : IGreeter { public ValueTask<IEnumerable<int>> ListAsync(CancellationToken c) { return; return ; yield return 1; } }",
        "struct G : IGreeter, IGreeter, IOther { ValueTask IGreeter.LogAsync(string s) => throw; async void IOther.OtherAsync() { } }",
        "class G : GreeterBase { public override async void Missing() => await; async void => }",
        "static class E { public static void X(this IGreeter g) => g.AddAsync(1, ct: , a: 2); extension(IGreeter g) { void Y() => g.ResetAsync(); } }",
        "file class X : GreeterBase { ~X() => Thread.Sleep(1); int this[int i] => Task.FromResult(i).Result; event Action E { add { } remove { } } }",
        "class P { unsafe void A(IGreeter* g) { g->ResetAsync(); delegate*<IGreeter, void> f = null; f(null).Result; } }",
    ];

    [Theory]
    [MemberData(nameof(Broken))]
    public Task Broken_code_throws_nothing(string source) => AnalyzeAndOfferAsync(source);

    [Theory]
    [MemberData(nameof(Cuts))]
    public Task Half_typed_code_throws_nothing(int cut) => AnalyzeAndOfferAsync(s_program[..(s_program.Length * cut / 60)]);

    [Theory]
    [MemberData(nameof(Cuts))]
    public Task Code_with_a_hole_throws_nothing(int cut)
    {
        int start = s_program.Length * cut / 60;
        int length = Math.Min(17, s_program.Length - start);
        return AnalyzeAndOfferAsync(s_program.Remove(start, length));
    }

    [Fact]
    public async Task The_whole_program_has_something_to_say_of_nearly_every_rule()
    {
        ImmutableArray<Diagnostic> diagnostics = await Workbench.AnalyzeAsync(Workbench.CreateProject(s_program));

        string[] ids = [.. diagnostics.Select(static d => d.Id).Distinct().Order(StringComparer.Ordinal)];
        Assert.Subset(
            ids.ToHashSet(),
            (HashSet<string>)
            [
                "SGR0071", "SGR0073", "SGR0074", "SGR0075", "SGR0076", "SGR0077", "SGR0078", "SGR0079", "SGR0080", "SGR0083",
            ]);
    }

    private static async Task AnalyzeAndOfferAsync(string source)
    {
        // An analyzer's exception is not swallowed here, so it fails the test.
        Project project = Workbench.CreateProject(source);
        foreach (Diagnostic diagnostic in await Workbench.AnalyzeAsync(project))
        {
            Assert.NotEmpty(diagnostic.GetMessage(CultureInfo.InvariantCulture));
            foreach (Microsoft.CodeAnalysis.CodeActions.CodeAction action in await Fix.OfferedAsync(project, diagnostic))
                await Fix.ChangedAsync(action, project.Solution);
        }
    }
}
