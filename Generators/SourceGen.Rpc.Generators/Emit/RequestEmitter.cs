using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints the struct that holds a method's arguments: on the wire, an array of them in order.</summary>
internal static class RequestEmitter
{
    public static void Emit(SourceWriter writer, ServiceModel service, MethodModel method, MethodNames names)
    {
        writer.Line(GeneratedCode.Attribute).Open($"file struct {names.Request}");
        for (int i = 0; i < names.Parameters.Length; i++)
            writer.Line($"public {method.Parameters[i].Type.Declared} {names.Parameters[i]};");
        if (names.Parameters.Length > 0) writer.Line();
        EmitWrite(writer, method, names);
        writer.Line();
        EmitRead(writer, service, method, names);
        writer.Close();
    }

    /// <summary>The expression of the value that reading starts from, in which optional parameters have their defaults.</summary>
    public static string Initial(MethodModel method, MethodNames names)
    {
        string[] defaults = [.. method.Parameters
            .Select((p, i) => p.Default is null or "default" ? "" : $"{names.Parameters[i]} = {p.Default}")
            .Where(static d => d.Length > 0)];
        return defaults.Length == 0 ? $"default({names.Request})" : $"new {names.Request} {{ {string.Join(", ", defaults)} }}";
    }

    private static void EmitWrite(SourceWriter writer, MethodModel method, MethodNames names)
    {
        writer.Open($"public static void Write(ref {GeneratedCode.Writer} writer, in {names.Request} request)");
        writer.Line($"writer.WriteArrayHeader({method.Parameters.Count});");
        for (int i = 0; i < names.Parameters.Length; i++)
            writer.Line(GeneratedCode.Write(method.Parameters[i].Type.Type, "request." + names.Parameters[i], "Serializers.") + ";");
        writer.Close();
    }

    private static void EmitRead(SourceWriter writer, ServiceModel service, MethodModel method, MethodNames names)
    {
        int required = method.Parameters.Select(static (p, i) => p.Default is null ? i + 1 : 0).Append(0).Max();
        writer.Open($"public static {names.Request} Read(ref {GeneratedCode.Reader} reader)");
        writer.Line($"{names.Request} request = {Initial(method, names)};").Line("int count = reader.ReadArrayHeader();");
        if (required > 0)
        {
            string parameters = string.Join(", ", method.Parameters.Take(required).Select(static p => Literals.Text(p.Name)));
            string name = Literals.Text(service.WireName + "/" + method.WireName);
            writer.Line($"if (count < {required}) {GeneratedCode.Errors}.ThrowMissingParameter({name}, count, {parameters});");
        }

        for (int i = 0; i < names.Parameters.Length; i++)
        {
            TypeUse use = method.Parameters[i].Type;
            string forgive = use is { IsNonNullableReference: true, Type.Kind: TypeRefKind.Scalar } ? "!" : "";
            string condition = i < required ? "" : $"if (count > {i}) ";
            writer.Line($"{condition}request.{names.Parameters[i]} = {GeneratedCode.Read(use.Type, "Serializers.")}{forgive};");
        }

        writer.Line($"for (int i = {method.Parameters.Count}; i < count; i++) reader.Skip();").Line("return request;").Close();
    }
}
