using System.Globalization;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints the contract: the shapes of parameters and results, the methods with their dispatchers, and the whole.</summary>
internal static class ContractEmitter
{
    public static void Emit(SourceWriter writer, ServiceModel service, ServiceNames names)
    {
        // Static fields are initialized in the order of the text: shapes before the methods that use them, and the contract last.
        writer.Line(GeneratedCode.Attribute).Open($"file static class {names.Contract}");
        foreach (KeyValuePair<TypeUse, string> shape in names.Shapes) EmitShape(writer, shape.Key, shape.Value);
        foreach (KeyValuePair<ErrorModel, string> error in names.Errors) ErrorEmitter.EmitField(writer, error.Key, names);
        foreach (MethodModel method in service.Methods) EmitMethod(writer, service, method, names);
        EmitInstance(writer, service, names);
        writer.Line();
        EmitSchema(writer, service.Schema);
        writer.Close();
    }

    private static void EmitShape(SourceWriter writer, TypeUse use, string name)
    {
        string forgive = use is { IsNonNullableReference: true, Type.Kind: TypeRefKind.Scalar } ? "!" : "";
        writer.Line($"private static readonly {GeneratedCode.Services}TypeShape<{use.Declared}> {name} = new(");
        string write = GeneratedCode.Write(use.Type, "value", "Serializers.");
        writer.Indented($"static (ref {GeneratedCode.Writer} writer, in {use.Declared} value) => {write},");
        writer.Indented($"static (ref {GeneratedCode.Reader} reader) => {GeneratedCode.Read(use.Type, "Serializers.")}{forgive});");
        writer.Line();
    }

    private static void EmitMethod(SourceWriter writer, ServiceModel service, MethodModel method, ServiceNames names)
    {
        MethodNames own = names[method];
        string types = string.Join(", ", [service.InterfaceName, own.Request, .. CallShape.TypesOf(method)]);
        string type = $"{CallShape.Of(method)}Method<{types}>";
        string target = method.IsInherited ? $"(({method.DeclaringInterface})service)" : "service";
        List<string> arguments = [.. own.Parameters.Select(static p => "request." + p)];
        if (method.Input is { } input) arguments.Insert(input.Position, "items");
        if (method.CancellationParameter is not null) arguments.Add("cancellationToken");
        string call = $"{target}.{method.Name}({string.Join(", ", arguments)})";
        if (method.ReturnKind == ReturnKind.Stream) call += GeneratedCode.Forgive(method.ReturnType);
        if (method.ReturnKind == ReturnKind.Task) call = $"new global::System.Threading.Tasks.ValueTask({call})";
        if (method.ReturnKind == ReturnKind.TaskOfResult)
            call = $"new global::System.Threading.Tasks.ValueTask<{method.Result!.Declared}>({call})";

        writer.Line($"public static readonly {GeneratedCode.Services}{type} {own.Method} = new(");
        writer.Indented(Literals.Text(method.WireName) + ",");
        writer.Indented(Options(service, method) + ",");
        writer.Indented(method.TimeoutMs.ToString(CultureInfo.InvariantCulture) + ",");
        EmitRequestShape(writer, method, names);
        if (method.Input is not null) writer.Indented(names[method.Input.Item] + ",");
        if (method.Result is not null) writer.Indented(names[method.Result] + ",");
        string items = method.Input is null ? "" : $"{GeneratedCode.Stream}<{method.Input.Item.Declared}> items, ";
        writer.Indented($"static ({service.InterfaceName} service, in {own.Request} request, {items}{GeneratedCode.CancellationToken} "
            + "cancellationToken) =>");
        List<string> details = Details(method, names);
        writer.Indented($"    {call}){(details.Count == 0 ? ";" : "")}");
        if (details.Count > 0)
        {
            writer.Line("{");
            foreach (string detail in details) writer.Indented(detail);
            writer.Line("};");
        }

        writer.Line();
    }

    /// <summary>What most methods do not have.</summary>
    private static List<string> Details(MethodModel method, ServiceNames names)
    {
        List<string> details = [];
        if (method.Errors.Count > 0) details.Add($"Errors = [{string.Join(", ", method.Errors.Select(e => names[e]))}],");
        if (method.Access.Requirements.Count > 0)
            details.Add($"Authorization = [{string.Join(", ", method.Access.Requirements.Select(Requirement))}],");
        if (method.Access.AllowsAnonymous) details.Add("AllowsAnonymous = true,");
        if (method.Policy is { } policy) details.Add($"Policy = {PolicyEmitter.Print(policy)},");
        return details;
    }

    private static string Requirement(RequirementModel requirement)
    {
        string policy = requirement.Policy is null ? "null" : Literals.Text(requirement.Policy);
        return $"new {GeneratedCode.Services}RpcAuthorization({policy}, [{string.Join(", ", requirement.Roles.Select(Literals.Text))}])";
    }

    private static void EmitRequestShape(SourceWriter writer, MethodModel method, ServiceNames names)
    {
        MethodNames own = names[method];
        string initial = RequestEmitter.Initial(method, own);
        string member = $"{GeneratedCode.Services}RequestMember<{own.Request}";
        writer.Indented($"new {GeneratedCode.Services}TypeShape<{own.Request}>({own.Request}.Write, {own.Request}.Read)");
        writer.Indented("{");
        if (method.Parameters.Count == 0) writer.Indented("    Parameters = [],");
        else writer.Indented($"    Parameters = new {member}>[]").Indented("    {");
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            ParameterModel parameter = method.Parameters[i];
            string optional = parameter.Default is null ? "false" : "true";
            writer.Indented($"        new {member}, {parameter.Type.Declared}>(");
            writer.Indented($"            {Literals.Text(parameter.Name)}, optional: {optional}, {names[parameter.Type]},");
            writer.Indented($"            static (in {own.Request} request) => request.{own.Parameters[i]},");
            writer.Indented($"            static (ref {own.Request} request, {parameter.Type.Declared} value) => "
                + $"request.{own.Parameters[i]} = value),");
        }

        if (method.Parameters.Count > 0) writer.Indented("    },");
        if (!initial.StartsWith("default(", StringComparison.Ordinal)) writer.Indented($"    Initial = {initial},");
        if (Key(method, own) is { } key) writer.Indented($"    Key = static (in {own.Request} request) => {key},");
        writer.Indented("},");
    }

    /// <summary>The hash of the parameters that are keys; null when none is.</summary>
    private static string? Key(MethodModel method, MethodNames names)
    {
        const string Hash = "global::SourceGen.Rpc.Selection.KeyHash";
        string? key = null;
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            if (method.Parameters[i].Hash is not { } kind) continue;
            string value = $"request.{names.Parameters[i]}";
            string one = $"{Hash}.Of({(kind == KeyKind.Number ? $"unchecked((long){value})" : value)})";
            key = key is null ? one : $"{Hash}.Combine({key}, {one})";
        }

        return key;
    }

    private static string Options(ServiceModel service, MethodModel method)
    {
        List<string> options = [];
        if (method.IsIdempotent) options.Add("Idempotent");
        if (method.IsOneWay) options.Add("OneWay");
        if (method.CancellationParameter is not null) options.Add("Cancellable");
        if (service.IsTopic) options.Add("Event");
        if (options.Count == 0) options.Add("None");
        return string.Join(" | ", options.Select(static o => $"{GeneratedCode.Services}RpcMethodOptions.{o}"));
    }

    private static void EmitInstance(SourceWriter writer, ServiceModel service, ServiceNames names)
    {
        writer.Line($"public static readonly {GeneratedCode.Services}RpcContract<{service.InterfaceName}> Instance = new(");
        writer.Indented(Literals.Text(service.WireName) + ",");
        writer.Indented(Literals.Text(service.Version) + ",");
        writer.Indented($"0x{Fingerprint.Of(service.Schema):x16}UL,");
        writer.Indented("Schema,");
        writer.Indented($"[{string.Join(", ", service.Methods.Select(m => names[m].Method))}],");
        writer.Indented($"static channel => new {names.Proxy}({(service.Methods.Count == 0 ? "" : "channel")}));");
    }

    private static void EmitSchema(SourceWriter writer, string schema)
    {
        writer.Line("private const string Schema =").Indented("\"\"\"");
        foreach (string line in schema.Split('\n')) writer.Indented(line);
        writer.Indented("\"\"\";");
    }
}
