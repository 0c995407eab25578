using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>The kinds of calls: what the types that generated code uses for each begin with.</summary>
internal static class CallShape
{
    /// <summary>Such as <c>Unary</c>, for UnaryMethod and UnaryInvoker.</summary>
    public static string Of(MethodModel method) => (method.Input, method.ReturnKind, method.Result) switch
    {
        (null, ReturnKind.Stream, _) => "ServerStream",
        (not null, ReturnKind.Stream, _) => "Duplex",
        (not null, _, null) => "ClientStreamAction",
        (not null, _, _) => "ClientStream",
        (null, _, null) => "Action",
        _ => "Unary",
    };

    /// <summary>Their type arguments after the request's: the items sent, then the result or its items.</summary>
    public static IEnumerable<string> TypesOf(MethodModel method)
    {
        if (method.Input is { } input) yield return input.Item.Declared;
        if (method.Result is { } result) yield return result.Declared;
    }
}
