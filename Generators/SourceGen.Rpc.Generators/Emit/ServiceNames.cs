using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// The names of everything that one service's file declares, chosen so that none collides with another or with a parameter.
/// </summary>
internal sealed class ServiceNames
{
    private readonly Dictionary<TypeUse, string> _shapes = [];
    private readonly Dictionary<MethodModel, MethodNames> _methods = [];
    private readonly Dictionary<ErrorModel, string> _errors = [];
    private readonly Dictionary<ExceptionModel, ExceptionNames> _exceptions = [];

    public ServiceNames(ServiceModel service)
    {
        NameAllocator types = new(["Serializers"]);
        Contract = types.Take(NameAllocator.Pascal(service.Identifier) + "Contract");
        Proxy = types.Take(NameAllocator.Pascal(service.Identifier) + "Proxy");
        foreach (MethodModel method in service.Methods)
            _methods[method] = new MethodNames { Request = types.Take(NameAllocator.Pascal(method.WireName) + "Request") };

        foreach (ErrorModel error in service.Methods.SelectMany(static m => m.Errors))
        {
            if (error.Exception is not { } exception) continue;
            if (_exceptions.ContainsKey(exception)) continue;
            NameAllocator fields = new([.. NameAllocator.ObjectMembers, "Write", "Read"]);
            _exceptions[exception] = new ExceptionNames
            {
                Data = types.Take(NameAllocator.Pascal(exception.Identifier) + "Data"),
                Fields = [.. exception.Members.Select(m => TypeNames.Escape(fields.Take(m.Name)))],
            };
        }

        // Members of the contract must not hide the types of the file, nor proxy fields the parameters of a method.
        NameAllocator members = new(
        [
            .. NameAllocator.ObjectMembers, "Serializers", "Instance", "Schema", Contract, Proxy,
            .. _methods.Values.Select(static m => m.Request), .. _exceptions.Values.Select(static e => e.Data),
        ]);
        NameAllocator invokers = new(
        [
            Proxy, "channel", .. service.Methods.SelectMany(static m => m.Parameters).Select(static p => p.Name),
            .. service.Methods.Select(static m => m.Input?.Name ?? ""),
            .. service.Methods.Select(static m => m.CancellationParameter ?? ""),
        ]);
        foreach (MethodModel method in service.Methods)
        {
            MethodNames names = _methods[method];
            names.Method = TypeNames.Escape(members.Take(NameAllocator.Pascal(method.WireName)));
            names.Invoker = TypeNames.Escape(invokers.Take("_" + NameAllocator.Camel(method.WireName)));
            NameAllocator parameters = new([.. NameAllocator.ObjectMembers, "Write", "Read", "Initial", names.Request]);
            names.Parameters = [.. method.Parameters.Select(p => TypeNames.Escape(parameters.Take(p.Name)))];
        }

        foreach (TypeUse use in service.Methods.SelectMany(Uses))
        {
            if (!_shapes.ContainsKey(use)) _shapes[use] = members.Take(ShapeName(use));
        }

        foreach (ErrorModel error in service.Methods.SelectMany(static m => m.Errors))
        {
            if (_errors.ContainsKey(error)) continue;
            _errors[error] = members.Take("Error_" + (error.Exception?.Identifier ?? error.Detail!.Type.Method));
        }
    }

    public string Contract { get; }

    public string Proxy { get; }

    /// <summary>The distinct types of parameters and results with the fields that hold their shapes, in order of first use.</summary>
    public IEnumerable<KeyValuePair<TypeUse, string>> Shapes => _shapes;

    /// <summary>The distinct errors that methods declare with the fields that hold them, in order of first use.</summary>
    public IEnumerable<KeyValuePair<ErrorModel, string>> Errors => _errors;

    /// <summary>The distinct exceptions among them.</summary>
    public IEnumerable<ExceptionModel> Exceptions => _exceptions.Keys;

    /// <summary>The field of an error.</summary>
    public string this[ErrorModel error] => _errors[error];

    /// <summary>The struct of what of an exception travels.</summary>
    public string this[ExceptionModel exception] => _exceptions[exception].Data;

    public MethodNames this[MethodModel method] => _methods[method];

    public string this[TypeUse use] => _shapes[use];

    /// <summary>The fields of that struct, by member; escaped.</summary>
    public string[] Fields(ExceptionModel exception) => _exceptions[exception].Fields;

    private static IEnumerable<TypeUse> Uses(MethodModel method)
    {
        IEnumerable<TypeUse> uses = method.Parameters.Select(static p => p.Type);
        if (method.Input is not null) uses = uses.Append(method.Input.Item);
        if (method.Result is not null) uses = uses.Append(method.Result);
        return uses.Concat(method.Errors.SelectMany(static e =>
            e.Exception is { } exception ? exception.Members.Select(static m => m.Type) : [e.Detail!]));
    }

    private static string ShapeName(TypeUse use) => "Shape_" + use.Type.Kind switch
    {
        TypeRefKind.Serializer => use.Type.Method,
        TypeRefKind.Scalar => use.Type.Method.Substring("Read".Length),
        _ => use.Type.Name.Substring(use.Type.Name.LastIndexOf('.') + 1),
    };
}

/// <summary>The names of what is declared for one method; all escaped except the request's.</summary>
internal sealed class MethodNames
{
    /// <summary>The struct that holds the arguments.</summary>
    public string Request { get; set; } = "";

    /// <summary>The contract's field with the method.</summary>
    public string Method { get; set; } = "";

    /// <summary>The proxy's field with the bound method.</summary>
    public string Invoker { get; set; } = "";

    /// <summary>The request's fields, by parameter.</summary>
    public string[] Parameters { get; set; } = [];
}

/// <summary>The names of what is declared for one exception.</summary>
internal sealed class ExceptionNames
{
    /// <summary>The struct that holds what of it travels.</summary>
    public string Data { get; set; } = "";

    /// <summary>The struct's fields, by member; escaped.</summary>
    public string[] Fields { get; set; } = [];
}
