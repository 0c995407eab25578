using Microsoft.CodeAnalysis.Text;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints one service's or topic's file: the other part of the interface, and in the assembly's generated namespace, visible in this file only, the
/// contract, the proxy and the requests; then the serializers of its types, which other services' files use too.
/// </summary>
internal static class ServiceEmitter
{
    public static SourceText Emit(ServiceModel service)
    {
        ServiceNames names = new(service);
        SourceWriter writer = GeneratedCode.Begin();
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

        writer.Close();
        if (service.Types.Count > 0) EmitSerializers(writer.Line(), service);
        return writer.ToSourceText();
    }

    private static void EmitSerializers(SourceWriter writer, ServiceModel service)
    {
        writer.Line("#nullable disable // One serializer serves a type under all its nullable annotations.");
        writer.Open($"namespace {service.GeneratedNamespace}").Open("internal static partial class Serializers");
        for (int i = 0; i < service.Types.Count; i++)
        {
            if (i > 0) writer.Line();
            TypeEmitter.Emit(writer, service.Types[i]);
        }

        writer.Close().Close();
    }

    private static void EmitInterface(SourceWriter writer, ServiceModel service, ServiceNames names)
    {
        string contract = $"{GeneratedCode.Services}{(service.IsTopic ? "ITopicContract" : "IRpcContract")}<{service.InterfaceName}>";
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
