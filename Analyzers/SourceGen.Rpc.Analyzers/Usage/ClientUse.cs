using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>A client in a local variable, the proxies that were taken from it into others, and what is done with them.</summary>
internal sealed class ClientUse
{
    private readonly IOperation _scope;
    private readonly HashSet<ISymbol> _proxies = new(SymbolEqualityComparer.Default);

    public ClientUse(ILocalSymbol client, IOperation scope)
    {
        Client = client;
        _scope = scope;
        foreach (IOperation part in scope.Descendants())
        {
            if (part is IVariableDeclaratorOperation { Initializer: { } initializer } declarator && IsProxy(initializer.Value))
                _proxies.Add(declarator.Symbol);
        }
    }

    public ILocalSymbol Client { get; }

    /// <summary>Whether one of the variables may hold something else than at first.</summary>
    public bool IsAssignedAgain() => _scope.Descendants().Any(part => part switch
    {
        IAssignmentOperation assignment => IsOurs(assignment.Target),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => IsOurs(argument.Value),
        _ => false,
    });

    /// <summary>Whether a value is the client, or a proxy of it.</summary>
    public bool Gives(IOperation value) => Operations.Bare(value) switch
    {
        IObjectCreationOperation { Type.Name: "ValueTask", Arguments.Length: 1 } created => Gives(created.Arguments[0].Value),
        IInvocationOperation { TargetMethod.Name: "FromResult", Arguments.Length: 1 } call => Gives(call.Arguments[0].Value),
        IOperation other => IsOurs(other) || IsProxy(other),
    };

    /// <summary>Whether a statement does nothing but to dispose of the client.</summary>
    public bool IsDisposal(IOperation statement) =>
        statement is IExpressionStatementOperation { Operation: IAwaitOperation { Operation: var task } }
        && Operations.TaskSource(task) is IInvocationOperation { TargetMethod.Name: "DisposeAsync", Instance: { } instance }
        && IsClient(instance);

    /// <summary>Whether an operation cannot work with a client that was disposed of.</summary>
    public bool NeedsConnection(IOperation operation) => operation is IInvocationOperation { Instance: { } instance } call
        && (IsClient(instance) ? call.TargetMethod.Name == "Get" : Operations.Referent(instance) is { } proxy && _proxies.Contains(proxy));

    /// <summary>The operations of a statement that run where it stands, in the order of the text.</summary>
    public static IEnumerable<IOperation> InOrder(IOperation statement)
    {
        if (statement is IAnonymousFunctionOperation or ILocalFunctionOperation) yield break;
        yield return statement;
        foreach (IOperation child in statement.ChildOperations)
        {
            foreach (IOperation part in InOrder(child)) yield return part;
        }
    }

    private bool IsProxy(IOperation value) =>
        Operations.Bare(value) is IInvocationOperation { TargetMethod.Name: "Get", Instance: { } instance } && IsClient(instance);

    private bool IsClient(IOperation value) =>
        Operations.Bare(value) is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, Client);

    private bool IsOurs(IOperation value) =>
        IsClient(value) || (Operations.Referent(value) is { } referent && _proxies.Contains(referent));
}
