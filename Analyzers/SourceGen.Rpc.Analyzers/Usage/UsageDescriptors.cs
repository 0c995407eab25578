using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// What can be better about a valid contract, and what can be wrong with code that uses or implements one. An id is a literal, never
/// reused, with a line in the ledger (AnalyzerReleases) and a page under docs/diagnostics.
/// </summary>
internal static class UsageDescriptors
{
    private const string Contract = "SourceGen.Rpc.Contract";
    private const string Usage = "SourceGen.Rpc.Usage";
    private const string HelpLink = "https://github.com/sourcegen-rpc/sourcegen-rpc/blob/main/docs/diagnostics/";

    public static readonly DiagnosticDescriptor EnumerableResult = new(
        "SGR0070",
        "A result is a sequence that may be computed late",
        "Method '{0}' returns '{1}', which says nothing about when its items are computed, and all of them are sent in one reply: return "
        + "IReadOnlyList<{2}>, or IAsyncEnumerable<{2}> to send them one by one",
        Contract, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0070.md");

    public static readonly DiagnosticDescriptor LazyResult = new(
        "SGR0071",
        "A handler returns a sequence that is not computed yet",
        "'{0}' is computed while the reply of '{1}' is written, after the handler has ended and while other replies of the connection "
        + "wait: compute it here, with ToList() or a collection expression",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0071.md");

    public static readonly DiagnosticDescriptor NoCancellationToken = new(
        "SGR0072",
        "A service method takes no CancellationToken",
        "Method '{0}' takes no CancellationToken, so its callers cannot give a call up before its time limit, and its handler does not "
        + "learn that nobody waits any more: add 'CancellationToken cancellationToken = default' as its last parameter",
        Contract, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0072.md");

    public static readonly DiagnosticDescriptor TokenNotPassed = new(
        "SGR0073",
        "A call is not passed the CancellationToken at hand",
        "The call of '{0}' goes on when '{1}' is cancelled: pass '{1}', or CancellationToken.None to say that it should",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0073.md");

    public static readonly DiagnosticDescriptor NotAwaited = new(
        "SGR0074",
        "A call is not awaited",
        "What becomes of the call of '{0}' is lost, its errors too: {1}",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0074.md");

    public static readonly DiagnosticDescriptor CallBlocked = new(
        "SGR0075",
        "A thread is blocked until a call is answered",
        "'{0}' blocks a thread until the call of '{1}' is answered: await the call",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0075.md");

    public static readonly DiagnosticDescriptor HandlerBlocks = new(
        "SGR0076",
        "A handler blocks its thread",
        "'{0}' blocks the thread of handler '{1}', which costs the server one for each such call: {2}",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0076.md");

    public static readonly DiagnosticDescriptor CallInLoop = new(
        "SGR0077",
        "Calls that do not need each other are awaited one by one",
        "Each round of the loop waits for its call of '{0}', though none needs the result of another: start them together and await "
        + "Task.WhenAll, or make the parameter a stream (IAsyncEnumerable<T>)",
        Usage, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0077.md");

    public static readonly DiagnosticDescriptor AsyncVoid = new(
        "SGR0078",
        "An implementation of a service has an async void method",
        "'{0}' is async void: nobody can await it, and an exception in it ends the server's process; return Task",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0078.md");

    public static readonly DiagnosticDescriptor WrongRegistration = new(
        "SGR0079",
        "What is registered does not fit the service",
        "{0} cannot take '{1}': {2}",
        Usage, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0079.md");

    public static readonly DiagnosticDescriptor ProxyRegistered = new(
        "SGR0080",
        "A client's proxy is registered as an implementation",
        "'{0}' is a proxy of '{1}', so every call that arrives here is sent on to another server: register the class that does the work, "
        + "or write one that forwards on purpose",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0080.md");

    public static readonly DiagnosticDescriptor KeyGap = new(
        "SGR0081",
        "The keys of a type have a gap",
        "The keys of '{0}' leave out {1}, before '{2}': each value carries a nil for every key left out; renumber the members if no "
        + "program uses the type yet, and leave it so if there was a member",
        Contract, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0081.md");

    public static readonly DiagnosticDescriptor AmbiguousOverloads = new(
        "SGR0082",
        "Calls do not say which of two methods they mean",
        "Methods '{0}' and '{1}' can be called with the same {2}, and go to '{3}' and '{4}' on the wire: give one another name, or "
        + "its optional parameters no default values",
        Contract, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0082.md");

    public static readonly DiagnosticDescriptor DisposedClient = new(
        "SGR0083",
        "A client is used after it was disposed of",
        "'{0}' {1}",
        Usage, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0083.md");

    /// <summary>All of them, by id.</summary>
    public static readonly DiagnosticDescriptor[] All =
    [
        EnumerableResult, LazyResult, NoCancellationToken, TokenNotPassed, NotAwaited, CallBlocked, HandlerBlocks, CallInLoop, AsyncVoid,
        WrongRegistration, ProxyRegistered, KeyGap, AmbiguousOverloads, DisposedClient,
    ];
}
