using Microsoft.CodeAnalysis.Text;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints one service's file: the other part of the interface, and in the assembly's generated namespace, visible in this file only, the
/// contract, the proxy and the requests.
/// </summary>
internal static class ServiceEmitter
{
    public static SourceText Emit(ServiceModel service)
    {
        ServiceNames names = new(service);
        SourceWriter writer = GeneratedCode.Begin("enable");
        EmitInterface(writer, service, names);
        writer.Line().Open($"namespace {service.GeneratedNamespace}");
        ContractEmitter.Emit(writer, service, names);
        writer.Line();
        ProxyEmitter.Emit(writer, service, names);
        foreach (MethodModel method in service.Methods)
        {
            writer.Line();
            RequestEmitter.Emit(writer, service, method, names[method]);
        }

        foreach (ExceptionModel exception in names.Exceptions) ErrorEmitter.EmitData(writer.Line(), exception, names);

        return writer.Close().ToSourceText();
    }

    private static void EmitInterface(SourceWriter writer, ServiceModel service, ServiceNames names)
    {
        string contract = $"{GeneratedCode.Services}IRpcContract<{service.InterfaceName}>";
        if (service.Namespace.Length > 0) writer.Open("namespace " + service.Namespace);
        for (int i = 0; i < service.Declarations.Count; i++)
            writer.Open(service.Declarations[i] + (i == service.Declarations.Count - 1 ? " : " + contract : ""));
        writer.Line(GeneratedCode.Attribute);
        writer.Line($"static {GeneratedCode.Services}RpcContract<{service.InterfaceName}> {contract}.Contract =>");
        writer.Indented($"global::{service.GeneratedNamespace}.{names.Contract}.Instance;");
        for (int i = 0; i < service.Declarations.Count; i++) writer.Close();
        if (service.Namespace.Length > 0) writer.Close();
    }
}
