using static SourceGen.Rpc.ContractLock.Tests.Corpus.Change;
using static SourceGen.Rpc.ContractLock.Tests.Corpus.ContractVersion;
using static SourceGen.Rpc.Contracts.ContractDifferenceKind;
using static SourceGen.Rpc.Contracts.ContractEffect;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>Methods and services as wholes.</summary>
internal static class MethodCases
{
    /// <summary>Declared beside the interface: awaits a call without a result.</summary>
    private const string Called = """
        public static class Wait { public static async Task<string> Called(ValueTask call) { await call; return "called"; } }
        """;

    private static readonly ContractVersion One = Method("ValueTask<int> M(int a)", "new(a + 1)", "await s.M(1)");

    private static readonly ContractVersion Two = new(
        "ValueTask<int> M(int a); ValueTask<int> N(int a);",
        "public ValueTask<int> M(int a) => new(a + 1); public ValueTask<int> N(int a) => new(a + 2);",
        "await s.N(1)");

    public static readonly ChangeCase[] All =
    [
        new("nothing changed", One, One, "2", "2", []),
        new("method added", One, Two, "2", "!Unimplemented has no method S/N", [Fits(MethodAdded, oldServers: Refused)]),
        new("method removed", Two, One, "!Unimplemented has no method S/N; it has: M", "2", [Breaks(MethodRemoved, Refused)]),
        new(
            "method renamed", One, Method("ValueTask<int> Renamed(int a)", "new(a + 1)", "await s.Renamed(1)"),
            "!Unimplemented has no method S/M", "!Unimplemented has no method S/Renamed",
            [Breaks(MethodRemoved, Refused), Fits(MethodAdded, oldServers: Refused)]),
        new(
            "method renamed in C# and not on the wire", One,
            Method("ValueTask<int> Renamed(int a)", "new(a + 1)", "await s.Renamed(1)", attributes: """[Method(Name = "M")]"""),
            "2", "2", []),
        new("method got its Async", One, Method("ValueTask<int> MAsync(int a)", "new(a + 1)", "await s.MAsync(1)"), "2", "2", []),
        new(
            "methods in another order", Two, Two with { Interface = "ValueTask<int> N(int a); ValueTask<int> M(int a);" }, "3", "3", []),
        new(
            "method moved to an interface that the service inherits", Two,
            Two with
            {
                Interface = "ValueTask<int> M(int a);",
                Bases = " : IBase",
                Types = "public interface IBase { ValueTask<int> N(int a); }",
            },
            "3", "3", []),
        new(
            "Task instead of ValueTask", One, Method("Task<int> M(int a)", "Task.FromResult(a + 1)", "await s.M(1)"), "2", "2", []),
        new(
            "a cancellation token added", One,
            Method("ValueTask<int> M(int a, CancellationToken token = default)", "new(a + 1)", "await s.M(1)"), "2", "2", []),
        new(
            "time limit and idempotence changed", One,
            Method("ValueTask<int> M(int a)", "new(a + 1)", "await s.M(1)", attributes: "[Method(TimeoutMs = 5000, Idempotent = true)]"),
            "2", "2", []),
        new(
            "became one-way",
            Method("ValueTask M(int a)", "default", "await Wait.Called(s.M(1))", Called),
            Method("ValueTask M(int a)", "default", "await Wait.Called(s.M(1))", Called, "[OneWay]"),
            "!Unimplemented it expects a reply here and is one-way at", "!Unimplemented it is one-way here and sends a reply at",
            [Breaks(OneWayChanged, Refused, Refused)]),
        new(
            "is one-way no longer",
            Method("ValueTask M(int a)", "default", "await Wait.Called(s.M(1))", Called, "[OneWay]"),
            Method("ValueTask M(int a)", "default", "await Wait.Called(s.M(1))", Called),
            "!Unimplemented it is one-way here and sends a reply at", "!Unimplemented it expects a reply here and is one-way at",
            [Breaks(OneWayChanged, Refused, Refused)]),
        new(
            "a result added",
            Method("ValueTask M(int a)", "default", "await Wait.Called(s.M(1))", Called),
            Method("ValueTask<int> M(int a)", "new(a)", "await s.M(1)"),
            "called", "!Unimplemented the result is int32 here and there is none at", [Breaks(ResultAdded, None, Refused)]),
        new(
            "the result removed",
            Method("ValueTask<int> M(int a)", "new(a)", "await s.M(1)"),
            Method("ValueTask M(int a)", "default", "await Wait.Called(s.M(1))", Called),
            "!Unimplemented the result is int32 here and there is none at", "called", [Breaks(ResultRemoved, Refused)]),
        new(
            "the service renamed", One, One with { Service = """[Service(Name = "T")]""" },
            "!Unimplemented has no service S; it has T", "!Unimplemented has no service T; it has S",
            [Breaks(ServiceRenamed, Refused, Refused)]),
        new(
            "the service's version changed", One, One with { Service = """[Service(Name = "S", Version = "2")]""" },
            "!Unimplemented has no service S; it has version '2'", "!Unimplemented has no service S version '2'",
            [Breaks(ServiceRenamed, Refused, Refused)])
        {
            IsOfLockOnly = true,
        },
    ];
}
