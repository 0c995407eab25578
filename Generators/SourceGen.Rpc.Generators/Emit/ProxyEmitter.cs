using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints the client proxy. It implements every method explicitly, so that no name of a contract can collide with a member of
/// <see cref="object"/> or with another interface's method.
/// </summary>
internal static class ProxyEmitter
{
    public static void Emit(SourceWriter writer, ServiceModel service, ServiceNames names)
    {
        string channel = service.Methods.Count == 0 ? "" : $"({GeneratedCode.Services}RpcChannel channel)";
        writer.Line(GeneratedCode.Attribute).Open($"file sealed class {names.Proxy}{channel} : {service.InterfaceName}");
        foreach (MethodModel method in service.Methods)
        {
            MethodNames own = names[method];
            string type = $"{CallShape.Of(method)}Invoker<{string.Join(", ", [own.Request, .. CallShape.TypesOf(method)])}>";
            writer.Line($"private readonly {GeneratedCode.Services}{type} {own.Invoker} = channel.Bind({names.Contract}.{own.Method});");
        }

        foreach (MethodModel method in service.Methods) EmitMethod(writer.Line(), method, names[method]);
        writer.Close();
    }

    private static void EmitMethod(SourceWriter writer, MethodModel method, MethodNames names)
    {
        List<string> parameters = [.. method.Parameters.Select(static p => $"{p.Type.Declared} {TypeNames.Escape(p.Name)}")];
        if (method.Input is { } input) parameters.Insert(input.Position, $"{input.Declared} {TypeNames.Escape(input.Name)}");
        if (method.CancellationParameter is { } cancellation)
            parameters.Add($"{GeneratedCode.CancellationToken} {cancellation}");
        IEnumerable<string> fields = method.Parameters.Select((p, i) => $"{names.Parameters[i]} = {TypeNames.Escape(p.Name)}");
        string request = method.Parameters.Count == 0
            ? $"default({names.Request})"
            : $"new {names.Request} {{ {string.Join(", ", fields)} }}";
        string token = method.CancellationParameter ?? GeneratedCode.CancellationToken + ".None";
        string asTask = method.ReturnKind is ReturnKind.Task or ReturnKind.TaskOfResult ? ".AsTask()" : "";
        writer.Line($"{method.ReturnType} {method.DeclaringInterface}.{method.Name}({string.Join(", ", parameters)}) =>");
        string invoke = method.ReturnKind == ReturnKind.Stream ? "Invoke" : "InvokeAsync";
        string items = method.Input is null ? "" : $"{TypeNames.Escape(method.Input.Name)}{GeneratedCode.Forgive(method.Input.Declared)}, ";
        writer.Indented($"{names.Invoker}.{invoke}({request}, {items}{token}){asTask};");
    }
}
