using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>A valid method, with its line of the schema.</summary>
internal sealed record ParsedMethod(IMethodSymbol Symbol, MethodModel Model, string Schema);

/// <summary>The rules of a service's or a topic's members.</summary>
/// <param name="service">The interface.</param>
/// <param name="compilation">The compilation it is declared in.</param>
/// <param name="problems">Is told everything that is wrong.</param>
/// <param name="types">Resolves the types of parameters and results.</param>
/// <param name="events">The rules of events, when the interface is a topic; otherwise null.</param>
internal sealed class MethodParser(
    INamedTypeSymbol service, Compilation compilation, ProblemSink problems, TypeParser types, EventParser? events)
{
    private readonly ErrorParser _errors = new(service, compilation, problems, types);
    private readonly AccessParser _access = new(service, problems);
    private readonly PolicyParser _policies = new(service, problems);

    /// <summary>Parses an abstract member; null, after reporting why, when it cannot be part of a contract.</summary>
    public ParsedMethod? Parse(ISymbol member)
    {
        ISymbol place = ServiceParser.Place(member, service);
        string name = ServiceParser.Display(member);
        if (ReferenceEquals(place, service)) name += $" (inherited by {service.Name})";
        if (member is IMethodSymbol { MethodKind: not MethodKind.Ordinary } accessor)
        {
            // Accessors are reported with their property or event, and an explicit implementation repeats an inherited method.
            if (accessor is { IsStatic: true, AssociatedSymbol: null } and not { MethodKind: MethodKind.ExplicitInterfaceImplementation })
                problems.Report(DiagnosticDescriptors.StaticAbstractMember, place, name);
            return null;
        }

        if (IsExplicit(member)) return null;
        if (member.IsStatic)
        {
            problems.Report(DiagnosticDescriptors.StaticAbstractMember, place, name);
            return null;
        }

        if (member is not IMethodSymbol method)
        {
            string kind = member is IEventSymbol ? "an event" : member is IPropertySymbol { IsIndexer: true } ? "an indexer" : "a property";
            problems.Report(DiagnosticDescriptors.NotAMethod, place, name, kind);
            return null;
        }

        return Parse(method, place, name);
    }

    private ParsedMethod? Parse(IMethodSymbol method, ISymbol place, string name)
    {
        if (method.IsGenericMethod)
        {
            problems.Report(DiagnosticDescriptors.GenericMethod, place, name);
            return null;
        }

        if (IsAccessible(method.ContainingType) && !IsAccessible(method))
            problems.Report(DiagnosticDescriptors.MethodNotAccessible, place, name);
        if (KnownTypes.IsObsoleteAsError(method)) problems.Report(DiagnosticDescriptors.ObsoleteAsError, place, name, method.Name);

        AttributeData? attribute = KnownTypes.Attribute(method, "MethodAttribute");
        string wireName = KnownTypes.NamedArgument(attribute, "Name") as string ?? WireNames.OfMethod(method.Name);
        if (events is null && WireNames.Problem(wireName) is { } problem)
            problems.Report(DiagnosticDescriptors.InvalidWireName, place, name, "wire name", Literals.Text(wireName), problem);
        int timeoutMs = KnownTypes.NamedArgument(attribute, "TimeoutMs") as int? ?? 0;
        if (events is null && timeoutMs < -1) problems.Report(DiagnosticDescriptors.InvalidTimeout, place, name, timeoutMs);

        bool isOneWay = events is null && KnownTypes.Attribute(method, "OneWayAttribute") is not null;
        ResolvedType? result = null;
        TypeUse? resultUse = null;
        ReturnKind? kind = events is null ? KindOf(method, place, name) : KindOfEvent(events, method, wireName, place, name);
        if (kind is ReturnKind.TaskOfResult or ReturnKind.ValueTaskOfResult or ReturnKind.Stream)
        {
            ITypeSymbol type = ((INamedTypeSymbol)method.ReturnType).TypeArguments[0];
            if (isOneWay) problems.Report(DiagnosticDescriptors.OneWayWithResult, place, name, Display(method.ReturnType));
            UsePath path = UsePath.From($"{name} result", place);
            result = kind == ReturnKind.Stream ? types.Resolve(type, path) : types.ResolveWhole(type, path);
            if (result is not null) resultUse = Use(type, result);
        }

        List<ParameterModel> parameters = [];
        List<string> schema = [];
        bool isStream = kind is ReturnKind.Stream;
        string? cancellation = Parameters(method, place, name, isOneWay, parameters, schema, out StreamParameterModel? input);
        bool hasBuffer = parameters.Any(static p => IsBuffer(p.Type)) || (resultUse is not null && IsBuffer(resultUse));
        if (hasBuffer && (isStream || input is not null))
            problems.Report(DiagnosticDescriptors.MisplacedBuffer, place, name, "this method has a stream");
        if ((isStream || input is not null) && parameters.Any(static p => p.Hash is not null))
            problems.Report(DiagnosticDescriptors.InvalidHashKey, place, name, "the method has a stream: only calls without one are hashed");
        bool isIdempotent = KnownTypes.NamedArgument(attribute, "Idempotent") is true;
        EquatableArray<ErrorModel> errors = default;
        AccessModel access = new(default, AllowsAnonymous: false);
        RpcCallPolicy? policy = null;
        if (events is null)
        {
            errors = _errors.Parse(method, place, name, isOneWay);
            access = _access.Parse(method, place, name);
            PolicySubject subject = new(isIdempotent, isOneWay, isStream || input is not null, resultUse is not null && CannotBeNull(method));
            policy = _policies.Parse(method, place, name, subject);
        }

        if (problems.Any || kind is null) return null;

        MethodModel model = new(
            TypeNames.Escape(method.Name), wireName, TypeNames.Declared(method.ContainingType),
            !SymbolEqualityComparer.Default.Equals(method.ContainingType, service),
            kind.Value, TypeNames.Declared(method.ReturnType), resultUse,
            parameters.ToEquatableArray(), input, cancellation, isOneWay, isIdempotent,
            timeoutMs, errors, access, policy);
        string returns = isOneWay || events is not null ? "oneway" : result is null ? "void" : isStream ? $"stream<{result.Schema}>" : result.Schema;
        return new ParsedMethod(
            method, model, $"method {SchemaText.Word(wireName)}({string.Join(", ", schema)}) -> {returns}{SchemaText.Throws(errors)}");
    }

    /// <summary>Adds the parameters that travel; returns the escaped name of the cancellation token, if there is one.</summary>
    private string? Parameters(
        IMethodSymbol method, ISymbol place, string name, bool isOneWay, List<ParameterModel> parameters, List<string> schema,
        out StreamParameterModel? input)
    {
        string? cancellation = null;
        input = null;
        if (method.IsVararg) problems.Report(DiagnosticDescriptors.ByReferenceParameter, place, name, "__arglist");
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            ISymbol at = ReferenceEquals(place, service) ? service : parameter;
            string description = $"{name} parameter {parameter.Name}";
            bool isKey = HashKeyParser.IsKey(parameter);
            KeyKind? hash = isKey ? HashKeyParser.KindOf(parameter.Type) : null;
            if (isKey && hash is null) problems.Report(DiagnosticDescriptors.InvalidHashKey, at, description, HashKeyProblem(parameter));
            if (parameter.Name.Length == 0)
            {
                // Still being typed.
                problems.CompilerReports();
                continue;
            }

            if (parameter.RefKind != RefKind.None)
            {
                problems.Report(DiagnosticDescriptors.ByReferenceParameter, at, description, Keyword(parameter.RefKind));
            }
            else if (KnownTypes.IsCancellationToken(parameter.Type))
            {
                if (parameter.Ordinal != method.Parameters.Length - 1)
                    problems.Report(DiagnosticDescriptors.CancellationTokenNotLast, at, name);
                cancellation = TypeNames.Escape(parameter.Name);
            }
            else if (events?.CheckParameter(parameter, at, name) == false)
            {
                continue;
            }
            else if (KnownTypes.ItemsOf(parameter.Type) is { } items)
            {
                string problem = input is not null
                    ? $"the method has one already, '{input.Name}'; send items that say which they are of, or use two methods"
                    : isOneWay ? "a one-way method has no call that a stream could belong to; remove [OneWay]" : "";
                if (problem.Length > 0)
                    problems.Report(DiagnosticDescriptors.MisplacedStream, at, description, Display(parameter.Type), problem);
                UsePath path = UsePath.From(description, at);
                if (!types.CheckIsNoValue(parameter, path)) continue;
                if (types.Resolve(items, path) is not { } item) continue;
                input ??= new StreamParameterModel(parameter.Name, parameters.Count, TypeNames.Declared(parameter.Type), Use(items, item));
                schema.Add($"{SchemaText.Word(parameter.Name)}: stream<{item.Schema}>");
            }
            else if (types.ResolveMember(parameter.Type, parameter, UsePath.From(description, at)) is { } type)
            {
                string? defaultValue = parameter.HasExplicitDefaultValue ? Literals.DefaultOf(parameter) : null;
                parameters.Add(new ParameterModel(parameter.Name, Use(parameter.Type, type), defaultValue, hash));
                schema.Add($"{SchemaText.Word(parameter.Name)}: {type.Schema}{(defaultValue is null ? "" : " = default")}");
            }
        }

        return cancellation;
    }

    private ReturnKind? KindOfEvent(EventParser rules, IMethodSymbol method, string wireName, ISymbol place, string name)
    {
        if (method.ReturnType.TypeKind == TypeKind.Error)
        {
            problems.CompilerReports();
            return null;
        }

        return rules.Check(method, wireName, place, name) ? KindOf(method, place, name) : null;
    }

    private ReturnKind? KindOf(IMethodSymbol method, ISymbol place, string name)
    {
        if (method.ReturnType.TypeKind == TypeKind.Error)
        {
            problems.CompilerReports();
            return null;
        }

        if (method.RefKind == RefKind.None && method.ReturnType is INamedTypeSymbol type)
        {
            if (KnownTypes.Is(type, "System.Threading.Tasks", "ValueTask")) return ReturnKind.ValueTask;
            if (KnownTypes.Is(type, "System.Threading.Tasks", "ValueTask", 1)) return ReturnKind.ValueTaskOfResult;
            if (KnownTypes.Is(type, "System.Threading.Tasks", "Task")) return ReturnKind.Task;
            if (KnownTypes.Is(type, "System.Threading.Tasks", "Task", 1)) return ReturnKind.TaskOfResult;
            if (KnownTypes.ItemsOf(type) is not null) return ReturnKind.Stream;
            if (KnownTypes.IsStream(type))
            {
                const string Remedy = "a method returns a stream as IAsyncEnumerable<T>";
                problems.Report(DiagnosticDescriptors.MisplacedStream, place, $"{name} result", Display(type), Remedy);
                return null;
            }
        }

        string byReference = method.RefKind == RefKind.None ? "" : "ref ";
        problems.Report(DiagnosticDescriptors.InvalidReturnType, place, name, byReference + Display(method.ReturnType));
        return null;
    }

    private bool IsAccessible(ISymbol symbol) => compilation.IsSymbolAccessibleWithin(symbol, compilation.Assembly);

    private static bool IsExplicit(ISymbol member) => member switch
    {
        IMethodSymbol method => method.ExplicitInterfaceImplementations.Length > 0,
        IPropertySymbol property => property.ExplicitInterfaceImplementations.Length > 0,
        IEventSymbol @event => @event.ExplicitInterfaceImplementations.Length > 0,
        _ => false,
    };

    private static string Keyword(RefKind kind) => kind switch
    {
        RefKind.Out => "out",
        RefKind.In => "in",
        RefKind.RefReadOnlyParameter => "ref readonly",
        _ => "ref",
    };

    /// <summary>Whether the result has no null. What comes from code without annotations may have it.</summary>
    private static bool CannotBeNull(IMethodSymbol method)
    {
        ITypeSymbol type = ((INamedTypeSymbol)method.ReturnType).TypeArguments[0];
        return type.IsValueType
            ? type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T
            : type.NullableAnnotation == NullableAnnotation.NotAnnotated;
    }

    private static string HashKeyProblem(IParameterSymbol parameter) =>
        $"{Display(parameter.Type)} has no hash that all programs agree on; take a string, an integer, an enum, a Guid or a byte[]";

    private static bool IsBuffer(TypeUse use) => use.Type.Method == Scalars.Buffer.Ref.Method;

    private static TypeUse Use(ITypeSymbol type, ResolvedType resolved) =>
        new(TypeNames.Declared(type), type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.Annotated, resolved.Ref);

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
