using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>What to do instead of a call that blocks.</summary>
/// <param name="Remedy">In words.</param>
/// <param name="Replacement">The method that takes the same arguments and can be awaited; empty when there is none.</param>
internal readonly record struct BlockingApi(string Remedy, string Replacement);

/// <summary>
/// The methods of the class library that block. It is a short list on purpose: waits, and input and output of types that also have the
/// method to await. What may be memory (<c>Stream</c>, <c>TextReader</c>) is not on it.
/// </summary>
internal sealed class BlockingApis
{
    private static readonly string[] s_inputAndOutput =
    [
        "System.IO.File", "System.IO.FileStream", "System.IO.Pipes.PipeStream", "System.Net.Sockets.NetworkStream",
        "System.Net.Security.SslStream", "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.TcpListener",
        "System.Net.Sockets.UdpClient", "System.Net.Dns", "System.Net.Http.HttpClient", "System.Data.Common.DbConnection",
        "System.Data.Common.DbCommand", "System.Diagnostics.Process",
    ];

    private readonly RpcSymbols _symbols;
    private readonly INamedTypeSymbol? _thread;
    private readonly INamedTypeSymbol? _task;
    private readonly HashSet<INamedTypeSymbol> _waits;
    private readonly HashSet<INamedTypeSymbol> _inputAndOutput;

    public BlockingApis(Compilation compilation, RpcSymbols symbols)
    {
        _symbols = symbols;
        _thread = compilation.GetTypeByMetadataName("System.Threading.Thread");
        _task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
        _waits = Types(
            compilation,
            "System.Threading.SemaphoreSlim", "System.Threading.ManualResetEventSlim", "System.Threading.CountdownEvent",
            "System.Threading.WaitHandle", "System.Threading.Monitor", "System.Threading.Barrier");
        _inputAndOutput = Types(compilation, s_inputAndOutput);
    }

    /// <summary>
    /// The task whose end the operation waits for: <c>t</c> of <c>t.Wait()</c>, <c>t.Result</c>, <c>t.GetAwaiter().GetResult()</c>.
    /// </summary>
    public IOperation? WaitedFor(IOperation operation)
    {
        switch (operation)
        {
            case IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } when _symbols.ResultOf(task.Type) is not null:
                return task;
            case IInvocationOperation { TargetMethod.Name: "Wait", Instance: { } task } when _symbols.IsReferenceTask(task.Type):
                return task;
            case IInvocationOperation { TargetMethod.Name: "GetResult", Instance: IInvocationOperation awaiter }
                when awaiter is { TargetMethod.Name: "GetAwaiter", Instance: { } awaited }
                    && _symbols.IsTask(WithoutConfigureAwait(awaited).Type):
                return WithoutConfigureAwait(awaited);
            default:
                return null;
        }
    }

    public bool IsWaitForMany(IInvocationOperation call) =>
        call.TargetMethod.Name is "WaitAll" or "WaitAny" && Is(call.TargetMethod.ContainingType, _task);

    /// <summary>What to do instead of the call; null when it does not block.</summary>
    public BlockingApi? Find(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        INamedTypeSymbol type = method.ContainingType;
        if (Is(type, _thread))
        {
            return method.Name switch
            {
                "Sleep" => new BlockingApi("await Task.Delay", "System.Threading.Tasks.Task.Delay"),
                "Join" => new BlockingApi("await a TaskCompletionSource that the thread completes", ""),
                _ => null,
            };
        }

        if (_waits.Contains(type) && IsWait(call))
            return Asynchronous(method, WaitRemedy(type));
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            if (_inputAndOutput.Contains(part)) return Asynchronous(method, remedy: null);
        }

        return null;
    }

    /// <summary>A wait of no time at all is a look.</summary>
    private static bool IsWait(IInvocationOperation call) =>
        call.TargetMethod.Name is "Wait" or "WaitOne" or "WaitAll" or "WaitAny" or "SignalAndWait"
        && !call.Arguments.Any(static a => a.Value.ConstantValue is { HasValue: true, Value: 0 });

    private static string WaitRemedy(INamedTypeSymbol type) => type.Name == "SemaphoreSlim"
        ? "await WaitAsync"
        : "await a TaskCompletionSource or a SemaphoreSlim instead";

    /// <summary>The method of the same type to await; null when there is none, and no other remedy either.</summary>
    private BlockingApi? Asynchronous(IMethodSymbol method, string? remedy)
    {
        if (_symbols.IsTask(method.ReturnType) || method.Name is "Dispose" or "Close") return null;
        string name = method.Name + "Async";
        IMethodSymbol[] candidates = [.. Members(method.ContainingType, name).Where(m => m.IsStatic == method.IsStatic)];
        if (candidates.Length == 0) return remedy is null ? null : new BlockingApi(remedy, "");
        bool fits = candidates.Any(m => Takes(m, method));
        return new BlockingApi(remedy ?? $"await {method.ContainingType.Name}.{name}", fits ? name : "");
    }

    private static IEnumerable<IMethodSymbol> Members(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            foreach (ISymbol member in part.GetMembers(name))
            {
                if (member is IMethodSymbol method) yield return method;
            }
        }
    }

    /// <summary>Whether the arguments of the one method fit the other, whose further parameters are optional.</summary>
    private static bool Takes(IMethodSymbol method, IMethodSymbol other)
    {
        if (method.Parameters.Length < other.Parameters.Length) return false;
        for (int i = 0; i < method.Parameters.Length; i++)
        {
            IParameterSymbol parameter = method.Parameters[i];
            if (i >= other.Parameters.Length ? !parameter.IsOptional
                : !SymbolEqualityComparer.Default.Equals(parameter.Type, other.Parameters[i].Type)) return false;
        }

        return true;
    }

    private static IOperation WithoutConfigureAwait(IOperation awaited) =>
        awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task } ? task : awaited;

    private static HashSet<INamedTypeSymbol> Types(Compilation compilation, params string[] names) =>
        new(names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>(), SymbolEqualityComparer.Default);

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol? other) => SymbolEqualityComparer.Default.Equals(type, other);
}
