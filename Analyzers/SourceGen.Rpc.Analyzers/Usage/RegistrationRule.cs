using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// Services that are registered or asked for by the wrong type. Most of it does not compile, but what the compiler says of constraints does
/// not lead to the mistake.
/// </summary>
internal static class RegistrationRule
{
    /// <summary>The property of the diagnostic that holds the service to name, for the fix.</summary>
    public const string Service = "Service";

    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols)
    {
        context.RegisterOperationAction(c => AnalyzeValid(c, symbols), OperationKind.Invocation);
        context.RegisterOperationAction(c => AnalyzeInvalid(c, symbols), OperationKind.Invalid);
    }

    private static void AnalyzeValid(OperationAnalysisContext context, RpcSymbols symbols)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod is not { Name: "AddService", IsGenericMethod: true } method || !IsOurs(method)) return;
        if (method.TypeArguments.Length == 2 && method.TypeArguments[1] is { IsAbstract: true } implementation)
        {
            SyntaxNode place = TypeArguments(call.Syntax) is { Count: 2 } types ? types[1] : call.Syntax;
            string kind = implementation.TypeKind == TypeKind.Interface ? "an interface" : "abstract";
            Report(context, place, method.Name, implementation, $"it is {kind}, so no instance of it can be made; name a class");
        }
        else if (!call.Arguments.IsEmpty && ProxyOf(Operations.Bare(call.Arguments[0].Value), symbols) is { } service)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                UsageDescriptors.ProxyRegistered, call.Arguments[0].Value.Syntax.GetLocation(),
                Operations.Quote(call.Arguments[0].Value.Syntax), service.Name));
        }
    }

    private static void AnalyzeInvalid(OperationAnalysisContext context, RpcSymbols symbols)
    {
        if (context.Operation.Syntax is not InvocationExpressionSyntax call || context.Operation.SemanticModel is not { } model) return;
        if (NameOf(call.Expression) is not { Identifier.ValueText: "AddService" or "AddRpcClient" or "Get" or "GetCaller" } name) return;
        SymbolInfo info = model.GetSymbolInfo(call, context.CancellationToken);
        if (info.Symbol is not null || !info.CandidateSymbols.OfType<IMethodSymbol>().Any(IsOurs)) return;
        string method = name.Identifier.ValueText;
        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        if (TypeArguments(call) is { Count: > 0 } types)
        {
            if (model.GetTypeInfo(types[0], context.CancellationToken).Type is not INamedTypeSymbol service) return;
            if (!symbols.IsService(service)) ReportService(context, types[0], method, service, symbols);
            else if (types.Count == 2) CheckImplements(context, types[1], types[1], method, service, symbols);
            else if (method == "AddService" && arguments.Count == 1 && arguments[0].Expression is not AnonymousFunctionExpressionSyntax)
                CheckImplements(context, arguments[0].Expression, arguments[0].Expression, method, service, symbols);
        }
        else if (method == "AddService" && arguments.Count > 0
            && model.GetTypeInfo(arguments[0].Expression, context.CancellationToken).Type is INamedTypeSymbol inferred)
        {
            if (!symbols.IsService(inferred)) ReportService(context, arguments[0].Expression, method, inferred, symbols);
        }
    }

    private static void ReportService(
        OperationAnalysisContext context, SyntaxNode place, string method, INamedTypeSymbol type, RpcSymbols symbols)
    {
        INamedTypeSymbol[] services = type.TypeKind == TypeKind.Interface ? [] : [.. symbols.ServicesOf(type)];
        switch (type.TypeKind)
        {
            case TypeKind.Interface:
                Report(context, place, method, type, KnownTypes.IsTopic(type)
                    ? "it is a [Topic], whose events are published and subscribed to; name a [Service] interface"
                    : "it is an interface without [Service]; add [Service] and 'partial' to it");
                break;
            case TypeKind.Class or TypeKind.Struct when services.Length == 1:
                string named = services[0].ToMinimalDisplayString(context.Operation.SemanticModel!, place.SpanStart);
                Report(context, place, method, type, $"it is the implementation; name the service, {method}<{named}>", named);
                break;
            case TypeKind.Class or TypeKind.Struct when services.Length > 1:
                string all = string.Join(", ", services.Select(static s => s.Name).OrderBy(static s => s, StringComparer.Ordinal));
                Report(context, place, method, type, $"it implements several services; name the one that is meant: {all}");
                break;
            case TypeKind.Class or TypeKind.Struct:
                Report(context, place, method, type, "it implements no [Service] interface");
                break;
        }
    }

    private static void CheckImplements(
        OperationAnalysisContext context, SyntaxNode place, SyntaxNode typed, string method, INamedTypeSymbol service, RpcSymbols symbols)
    {
        if (context.Operation.SemanticModel!.GetTypeInfo(typed, context.CancellationToken).Type is not INamedTypeSymbol type) return;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct or TypeKind.Interface)) return;
        if (type.AllInterfaces.Add(type).Contains(service, SymbolEqualityComparer.Default)) return;
        if (!IsCandidate(type)) return;
        string[] others = [.. symbols.ServicesOf(type).Select(static s => s.Name).OrderBy(static s => s, StringComparer.Ordinal)];
        string instead = others.Length == 0 ? "" : $"; it implements {string.Join(", ", others)}";
        Report(context, place, $"{method}<{service.Name}>", type, $"it does not implement {service.Name}{instead}");
    }

    /// <summary>Sources of implementations are checked by the compiler, which says of them all that there is to say.</summary>
    private static bool IsCandidate(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            if (part.Name == "ServiceSource") return false;
        }

        return true;
    }

    private static void Report(
        OperationAnalysisContext context, SyntaxNode place, string method, ITypeSymbol type, string reason, string? service = null)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        if (service is not null) properties = properties.Add(Service, service);
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.WrongRegistration, place.GetLocation(), properties, method, type.Name, reason));
    }

    /// <summary>The service of a proxy: what <c>client.Get&lt;T&gt;()</c> gives, directly or through a variable that is set once.</summary>
    private static ITypeSymbol? ProxyOf(IOperation value, RpcSymbols symbols)
    {
        if (value is ILocalReferenceOperation { Local: { } local } reference)
        {
            IOperation root = reference;
            while (root.Parent is not null) root = root.Parent;
            IVariableDeclaratorOperation? declarator = root.Descendants().OfType<IVariableDeclaratorOperation>()
                .FirstOrDefault(d => SymbolEqualityComparer.Default.Equals(d.Symbol, local));
            if (declarator?.Initializer is not { } initializer) return null;
            value = Operations.Bare(initializer.Value);
        }

        return value is IInvocationOperation { TargetMethod: { Name: "Get" or "GetCaller" } get } && IsOurs(get)
            && get.TypeArguments.Length == 1 && symbols.IsService(get.ReturnType)
            && SymbolEqualityComparer.Default.Equals(get.ReturnType, get.TypeArguments[0])
            ? get.ReturnType
            : null;
    }

    /// <summary>Whether a method is one for services: its first type argument must be a contract.</summary>
    private static bool IsOurs(IMethodSymbol method) =>
        !method.TypeParameters.IsEmpty
        && method.TypeParameters[0].ConstraintTypes.Any(static c => c is INamedTypeSymbol type && KnownTypes.IsServiceContract(type));

    private static SimpleNameSyntax? NameOf(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };

    private static IReadOnlyList<TypeSyntax> TypeArguments(SyntaxNode call) =>
        call is InvocationExpressionSyntax invocation && NameOf(invocation.Expression) is GenericNameSyntax generic
            ? generic.TypeArgumentList.Arguments
            : [];
}
