using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints the errors that a service declares: a field for each in the contract and, for an exception, the struct that holds what of it
/// travels, written as a map by name.
/// </summary>
internal static class ErrorEmitter
{
    /// <summary>Prints the field of one error.</summary>
    public static void EmitField(SourceWriter writer, ErrorModel error, ServiceNames names)
    {
        string field = names[error];
        if (error.Detail is { } detail)
        {
            writer.Line($"private static readonly {GeneratedCode.Services}RpcDetailType<{detail.Declared}> {field} = new(");
            writer.Indented($"{Literals.Text(error.SchemaName)}, {names[detail]});").Line();
            return;
        }

        ExceptionModel exception = error.Exception!;
        string data = names[exception];
        string[] fields = names.Fields(exception);
        writer.Line($"private static readonly {GeneratedCode.Services}RpcExceptionType<{exception.Name}, {data}> {field} = new(");
        writer.Indented(Literals.Text(error.SchemaName) + ",");
        writer.Indented($"(global::SourceGen.Rpc.RpcStatusCode){error.Code},");
        writer.Indented($"new {GeneratedCode.Services}TypeShape<{data}>({data}.Write, {data}.Read)");
        writer.Indented("{");
        EmitMembers(writer, exception, names);
        string initial = Initial(exception, names);
        if (!initial.StartsWith("default(", StringComparison.Ordinal)) writer.Indented($"    Initial = {initial},");
        writer.Indented("},");
        IEnumerable<string> captured = exception.Members.Select((m, i) => $"{fields[i]} = error.{TypeNames.Escape(m.Name)}");
        writer.Indented(exception.Members.Count == 0
            ? $"static error => default({data}),"
            : $"static error => new {data} {{ {string.Join(", ", captured)} }},");
        writer.Indented(Create(exception, fields) + ");").Line();
    }

    /// <summary>Prints the struct of one exception.</summary>
    public static void EmitData(SourceWriter writer, ExceptionModel exception, ServiceNames names)
    {
        string data = names[exception];
        string[] fields = names.Fields(exception);
        writer.Line(GeneratedCode.Attribute).Open($"file struct {data}");
        for (int i = 0; i < fields.Length; i++) writer.Line($"public {exception.Members[i].Type.Declared} {fields[i]};");
        if (fields.Length > 0) writer.Line();
        writer.Open($"public static void Write(ref {GeneratedCode.Writer} writer, in {data} data)");
        writer.Line("writer.Enter();").Line($"writer.WriteMapHeader({fields.Length});");
        for (int i = 0; i < fields.Length; i++)
        {
            writer.Line($"writer.Write({Literals.Text(exception.Members[i].Key)});");
            writer.Line(GeneratedCode.Write(exception.Members[i].Type.Type, "data." + fields[i], "Serializers.") + ";");
        }

        writer.Line("writer.Leave();").Close().Line();
        writer.Open($"public static {data} Read(ref {GeneratedCode.Reader} reader)");
        writer.Line($"{data} data = {Initial(exception, names)};").Line("reader.Enter();").Line("int count = reader.ReadMapHeader();");
        writer.Open("for (int i = 0; i < count; i++)");
        if (fields.Length == 0) writer.Line("reader.Skip();").Line("reader.Skip();");
        else EmitSwitch(writer, exception, fields);
        writer.Close().Line().Line("reader.Leave();").Line("return data;").Close().Close();
    }

    private static void EmitSwitch(SourceWriter writer, ExceptionModel exception, string[] fields)
    {
        writer.Open("switch (reader.ReadString())");
        for (int i = 0; i < fields.Length; i++)
        {
            writer.Line($"case {Literals.Text(exception.Members[i].Key)}:");
            writer.Indented($"data.{fields[i]} = {Read(exception.Members[i].Type)};").Indented("break;");
        }

        writer.Line("default:").Indented("reader.Skip();").Indented("break;").Close();
    }

    private static void EmitMembers(SourceWriter writer, ExceptionModel exception, ServiceNames names)
    {
        string data = names[exception];
        string member = $"{GeneratedCode.Services}RequestMember<{data}";
        if (exception.Members.Count == 0)
        {
            writer.Indented("    Members = [],");
            return;
        }

        writer.Indented($"    Members = new {member}>[]").Indented("    {");
        string[] fields = names.Fields(exception);
        for (int i = 0; i < fields.Length; i++)
        {
            TypeUse use = exception.Members[i].Type;
            writer.Indented($"        new {member}, {use.Declared}>(");
            writer.Indented($"            {Literals.Text(exception.Members[i].Key)}, optional: true, {names[use]},");
            writer.Indented($"            static (in {data} data) => data.{fields[i]},");
            writer.Indented($"            static (ref {data} data, {use.Declared} value) => data.{fields[i]} = value),");
        }

        writer.Indented("    },");
    }

    private static string Create(ExceptionModel exception, string[] fields)
    {
        string parameter = exception.Members.Count == 0 ? "_" : "data";
        IEnumerable<string> arguments = exception.Arguments
            .Select(a => $"{TypeNames.Escape(a.Parameter)}: {(a.Member >= 0 ? "data." + fields[a.Member] : a.Value)}");
        string[] set = [.. exception.Members
            .Select((m, i) => m.IsSet ? $"{TypeNames.Escape(m.Name)} = data.{fields[i]}" : "")
            .Where(static m => m.Length > 0)];
        string initializer = set.Length == 0 ? "" : $" {{ {string.Join(", ", set)} }}";
        return $"static {parameter} => new {exception.Name}({string.Join(", ", arguments)}){initializer}";
    }

    private static string Initial(ExceptionModel exception, ServiceNames names)
    {
        string[] fields = names.Fields(exception);
        string[] defaults = [.. exception.Members
            .Select((m, i) => m.Default == "default" ? "" : $"{fields[i]} = {m.Default}")
            .Where(static d => d.Length > 0)];
        return defaults.Length == 0 ? $"default({names[exception]})" : $"new {names[exception]} {{ {string.Join(", ", defaults)} }}";
    }

    private static string Read(TypeUse use)
    {
        string forgive = use is { IsNonNullableReference: true, Type.Kind: TypeRefKind.Scalar } ? "!" : "";
        return GeneratedCode.Read(use.Type, "Serializers.") + forgive;
    }
}
