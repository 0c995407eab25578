using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>Questions about operations that several rules ask.</summary>
internal static class Operations
{
    /// <summary>The value below conversions and parentheses.</summary>
    public static IOperation Bare(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    continue;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    continue;
                default:
                    return operation;
            }
        }
    }

    /// <summary>What a task comes from: <c>x</c> of <c>x.AsTask().ConfigureAwait(false)</c>.</summary>
    public static IOperation TaskSource(IOperation task)
    {
        task = Bare(task);
        while (task is IInvocationOperation { Instance: { } instance, TargetMethod.Name: "AsTask" or "ConfigureAwait" or "Preserve" })
            task = Bare(instance);
        return task;
    }

    /// <summary>The service call that a task comes from, or null.</summary>
    public static IInvocationOperation? ServiceCall(IOperation task, RpcSymbols symbols) =>
        TaskSource(task) is IInvocationOperation call && symbols.IsServiceCall(call) ? call : null;

    /// <summary>The innermost lambda or local function that the operation is in; null when that is the member itself.</summary>
    public static IMethodSymbol? InnerFunction(IOperation operation)
    {
        for (IOperation? part = operation.Parent; part is not null; part = part.Parent)
        {
            if (part is IAnonymousFunctionOperation lambda) return lambda.Symbol;
            if (part is ILocalFunctionOperation local) return local.Symbol;
        }

        return null;
    }

    /// <summary>Whether the operation is data rather than code that runs here: part of an expression tree.</summary>
    public static bool IsInExpressionTree(IOperation operation, RpcSymbols symbols)
    {
        for (IOperation? part = operation.Parent; part is not null; part = part.Parent)
        {
            if (part is IConversionOperation { Type.BaseType.BaseType: { } type }
                && SymbolEqualityComparer.Default.Equals(type, symbols.Expression)) return true;
        }

        return false;
    }

    /// <summary>The symbol that an operation refers to: a local, parameter, field or property; null for anything else.</summary>
    public static ISymbol? Referent(IOperation? operation) => operation is null ? null : Bare(operation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation { Arguments.Length: 0 } property => property.Property,
        _ => null,
    };

    /// <summary>Such as <c>IGreeter.HelloAsync</c>.</summary>
    public static string Display(ISymbol member) => $"{member.ContainingType.Name}.{member.Name}";

    /// <summary>Code as a message quotes it: on one line, and not all of it when it is long.</summary>
    public static string Quote(SyntaxNode node)
    {
        const int Longest = 60;
        string text = string.Join(" ", node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text.Substring(0, Longest - 3) + "...";
    }
}
