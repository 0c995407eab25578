using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>The symbols that the rules look for, and what follows from them, for one compilation.</summary>
internal sealed class RpcSymbols
{
    private readonly INamedTypeSymbol _serviceAttribute;
    private readonly INamedTypeSymbol? _topicAttribute;
    private readonly INamedTypeSymbol? _oneWayAttribute;
    private readonly INamedTypeSymbol? _task;
    private readonly INamedTypeSymbol? _taskOfResult;
    private readonly INamedTypeSymbol? _valueTask;
    private readonly INamedTypeSymbol? _valueTaskOfResult;
    private readonly INamedTypeSymbol? _asyncEnumerable;
    private readonly INamedTypeSymbol? _cancellationToken;
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _services = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _topics = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableHashSet<IMethodSymbol>?> _handlers =
        new(SymbolEqualityComparer.Default);

    private RpcSymbols(Compilation compilation, INamedTypeSymbol serviceAttribute)
    {
        _serviceAttribute = serviceAttribute;
        _topicAttribute = compilation.GetTypeByMetadataName("SourceGen.Rpc.TopicAttribute");
        _oneWayAttribute = compilation.GetTypeByMetadataName("SourceGen.Rpc.OneWayAttribute");
        _task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
        _taskOfResult = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task`1");
        _valueTask = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask");
        _valueTaskOfResult = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1");
        _asyncEnumerable = compilation.GetTypeByMetadataName("System.Collections.Generic.IAsyncEnumerable`1");
        _cancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        KeyAttribute = compilation.GetTypeByMetadataName("SourceGen.Rpc.KeyAttribute");
        Client = compilation.GetTypeByMetadataName("SourceGen.Rpc.RpcClient");
        Peer = compilation.GetTypeByMetadataName("SourceGen.Rpc.RpcPeer");
        Enumerable = compilation.GetTypeByMetadataName("System.Linq.Enumerable");
        Queryable = compilation.GetTypeByMetadataName("System.Linq.Queryable");
        Expression = compilation.GetTypeByMetadataName("System.Linq.Expressions.Expression");
    }

    public INamedTypeSymbol? KeyAttribute { get; }

    /// <summary>The engine's client; null in a project that has contracts alone.</summary>
    public INamedTypeSymbol? Client { get; }

    public INamedTypeSymbol? Peer { get; }

    public INamedTypeSymbol? Enumerable { get; }

    public INamedTypeSymbol? Queryable { get; }

    public INamedTypeSymbol? Expression { get; }

    /// <summary>The symbols, or null when the compilation does not know what a service is.</summary>
    public static RpcSymbols? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName(KnownTypes.ServiceAttribute) is { } attribute ? new RpcSymbols(compilation, attribute) : null;

    /// <summary>Whether the type is an interface with <c>[Service]</c>.</summary>
    public bool IsService(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Interface } named && _services.GetOrAdd(named, HasServiceAttribute);

    /// <summary>Whether the type is an interface with <c>[Topic]</c>.</summary>
    public bool IsTopic(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Interface } named && _topics.GetOrAdd(named, HasTopicAttribute);

    /// <summary>Whether the type is an interface with <c>[Service]</c> or <c>[Topic]</c>.</summary>
    public bool IsContract(ITypeSymbol? type) => IsService(type) || IsTopic(type);

    /// <summary>The services that a class or struct implements.</summary>
    public IEnumerable<INamedTypeSymbol> ServicesOf(ITypeSymbol type) => type.AllInterfaces.Where(IsService);

    public bool IsOneWay(IMethodSymbol method) => HasAttribute(method, _oneWayAttribute);

    public bool IsCancellationToken(ITypeSymbol type) => Same(type, _cancellationToken);

    public bool IsClient(ITypeSymbol? type) => Same(type, Client);

    /// <summary>Whether the type is a stream of items.</summary>
    public bool IsStream(ITypeSymbol type) => Same(type.OriginalDefinition, _asyncEnumerable);

    /// <summary>Whether the type is <c>Task</c>, <c>Task&lt;T&gt;</c>, <c>ValueTask</c> or <c>ValueTask&lt;T&gt;</c>.</summary>
    public bool IsTask(ITypeSymbol? type) => Same(type, _task) || Same(type, _valueTask) || ResultOf(type) is not null;

    /// <summary>Whether the type is <c>Task</c> or <c>Task&lt;T&gt;</c>, which can be waited for.</summary>
    public bool IsReferenceTask(ITypeSymbol? type) => Same(type, _task) || Same(type?.OriginalDefinition, _taskOfResult);

    /// <summary>The result of a <c>Task&lt;T&gt;</c> or <c>ValueTask&lt;T&gt;</c>; null of any other type.</summary>
    public ITypeSymbol? ResultOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Arity: 1 } named
        && (Same(named.OriginalDefinition, _taskOfResult) || Same(named.OriginalDefinition, _valueTaskOfResult))
            ? named.TypeArguments[0]
            : null;

    /// <summary>
    /// Whether a call goes to a service, or publishes an event: it is of a method that such an interface requires, through that interface. What
    /// it is at run time, a proxy or an implementation, cannot be told.
    /// </summary>
    public bool IsServiceCall(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method is not { IsAbstract: true, IsStatic: false, ContainingType.TypeKind: TypeKind.Interface }) return false;
        if (!IsContract(method.ContainingType) && !IsContract(call.Instance?.Type)) return false;
        return IsTask(method.ReturnType) || IsStream(method.ReturnType);
    }

    /// <summary>Whether the type is a class or struct that implements a service, or handles a topic's events.</summary>
    public bool IsImplementation(INamedTypeSymbol? type) => HandlersOf(type) is not null;

    /// <summary>
    /// Whether the method of a class or struct implements one that a service or topic interface requires, or overrides one that does.
    /// </summary>
    public bool IsHandler(IMethodSymbol method)
    {
        if (HandlersOf(method.ContainingType) is not { } handlers) return false;
        for (IMethodSymbol? part = method; part is not null; part = part.OverriddenMethod)
        {
            if (handlers.Contains(part)) return true;
        }

        return false;
    }

    /// <summary>
    /// The methods that implement services or handle events, as the type or a base declares them first; null for a type that implements none.
    /// </summary>
    private ImmutableHashSet<IMethodSymbol>? HandlersOf(INamedTypeSymbol? type) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct } ? _handlers.GetOrAdd(type, FindHandlers) : null;

    private ImmutableHashSet<IMethodSymbol>? FindHandlers(INamedTypeSymbol type)
    {
        INamedTypeSymbol[] services = [.. type.AllInterfaces.Where(IsContract)];
        if (services.Length == 0) return null;
        ImmutableHashSet<IMethodSymbol>.Builder handlers = ImmutableHashSet.CreateBuilder<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (INamedTypeSymbol declaring in services.SelectMany(static s => s.AllInterfaces.Insert(0, s)))
        {
            foreach (ISymbol member in declaring.GetMembers())
            {
                if (member is IMethodSymbol { IsAbstract: true, MethodKind: MethodKind.Ordinary }
                    && type.FindImplementationForInterfaceMember(member) is IMethodSymbol handler
                    && (IsTask(handler.ReturnType) || IsStream(handler.ReturnType))) handlers.Add(handler);
            }
        }

        return handlers.ToImmutable();
    }

    private bool HasTopicAttribute(INamedTypeSymbol type) => HasAttribute(type, _topicAttribute);

    private bool HasServiceAttribute(INamedTypeSymbol type) => HasAttribute(type, _serviceAttribute);

    private static bool HasAttribute(ISymbol symbol, INamedTypeSymbol? attribute) =>
        attribute is not null && symbol.GetAttributes().Any(a => Same(a.AttributeClass, attribute));

    private static bool Same(ITypeSymbol? type, INamedTypeSymbol? other) =>
        other is not null && SymbolEqualityComparer.Default.Equals(type, other);
}
