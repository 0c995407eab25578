using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// The rules of contracts, in one place: the analyzer reports what it finds wrong, and the generator prints what it returns. A contract
/// with anything wrong has no model, so the two never disagree.
/// </summary>
internal sealed class ServiceParser
{
    /// <summary>The first version with everything that generated code uses.</summary>
    private const LanguageVersion MinimumLanguageVersion = LanguageVersion.CSharp13;

    private readonly INamedTypeSymbol _service;
    private readonly bool _isTopic;
    private readonly CSharpCompilation _compilation;
    private readonly ProblemSink _problems;
    private readonly CancellationToken _cancellationToken;
    private readonly TypeParser _types;
    private readonly Dictionary<string, IMethodSymbol> _methods = new(StringComparer.Ordinal);

    private ServiceParser(
        INamedTypeSymbol service, CSharpCompilation compilation, ProblemSink problems, CancellationToken cancellationToken)
    {
        _service = service;
        _isTopic = KnownTypes.IsTopic(service);
        _compilation = compilation;
        _problems = problems;
        _cancellationToken = cancellationToken;
        _types = new TypeParser(compilation, problems);
    }

    /// <summary>Reads the contract of a <c>[Service]</c> or <c>[Topic]</c> interface.</summary>
    /// <param name="service">The interface.</param>
    /// <param name="compilation">The compilation it is declared in.</param>
    /// <param name="problems">Is told everything that is wrong.</param>
    /// <param name="cancellationToken">Stops between members.</param>
    /// <returns>The model, or null when anything is wrong.</returns>
    public static ServiceModel? Parse(
        INamedTypeSymbol service, CSharpCompilation compilation, ProblemSink problems, CancellationToken cancellationToken) =>
        new ServiceParser(service, compilation, problems, cancellationToken).Parse();

    /// <summary>Reads a contract, and says where in the code its parts are.</summary>
    public static (ServiceModel? Model, ContractSymbols Symbols) ParseWithSymbols(
        INamedTypeSymbol service, CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        ServiceParser parser = new(service, compilation, new ProblemSink(report: null), cancellationToken);
        ServiceModel? model = parser.Parse();
        return (model, new ContractSymbols(service, parser._methods, parser._types.Symbols));
    }

    /// <summary>A service's or a topic's name and version, whether its contract is valid or not.</summary>
    public static (string Name, string Version) Identity(INamedTypeSymbol service)
    {
        if (KnownTypes.IsTopic(service))
        {
            AttributeData topic = KnownTypes.Attribute(service, "TopicAttribute")!;
            return (
                topic.ConstructorArguments.FirstOrDefault().Value as string ?? "",
                KnownTypes.NamedArgument(topic, "Version") as string ?? "");
        }

        AttributeData? attribute = KnownTypes.Attribute(service, "ServiceAttribute");
        return (
            KnownTypes.NamedArgument(attribute, "Name") as string ?? WireNames.OfService(service),
            KnownTypes.NamedArgument(attribute, "Version") as string ?? "");
    }

    private ServiceModel? Parse()
    {
        CheckDeclaration();
        (string wireName, string version) = Identity(_service);
        EventParser? events = _isTopic ? Events(wireName) : null;
        if (events is null) CheckName("wire name", wireName);
        if (version.Length > 0) CheckName("version", version);

        List<ParsedMethod> methods = Methods(events);
        CheckUnique(methods);
        _types.Finiteness.Check();
        if (_problems.Any) return null;
        foreach (ParsedMethod method in methods) _methods[method.Model.WireName] = method.Symbol;

        methods.Sort(static (x, y) => string.CompareOrdinal(x.Model.WireName, y.Model.WireName));
        return new ServiceModel(
            TypeNames.Hint(_service.ToDisplayString()),
            TypeNames.GeneratedNamespace(_compilation.AssemblyName ?? ""),
            TypeNames.Canonical(_service),
            _service.ContainingNamespace.IsGlobalNamespace ? "" : TypeNames.Namespace(_service.ContainingNamespace),
            Declarations().ToEquatableArray(),
            WireNames.WithoutInterfacePrefix(_service.Name),
            _isTopic,
            wireName,
            version,
            SchemaText.Compose(_isTopic, wireName, methods.Select(static m => m.Schema), _types.SchemaLines),
            _types.Symbols.Where(static t => t.Value is { IsValueType: true, TypeKind: not TypeKind.Enum })
                .Select(static t => t.Key).OrderBy(static name => name, StringComparer.Ordinal).ToEquatableArray(),
            _types.KeyedNames.ToEquatableArray(),
            methods.Select(static m => m.Model).ToEquatableArray(),
            _types.Models.ToEquatableArray());
    }

    private void CheckDeclaration()
    {
        LanguageVersion version = _compilation.LanguageVersion;
        if (version < MinimumLanguageVersion)
            _problems.Report(DiagnosticDescriptors.LanguageVersionTooLow, _service, _service.Name, version.ToDisplayString());
        if (!IsPartial(_service)) _problems.Report(DiagnosticDescriptors.InterfaceNotPartial, _service, _service.Name);
        bool isGeneric = _service.IsGenericType;
        for (INamedTypeSymbol? container = _service.ContainingType; container is not null; container = container.ContainingType)
        {
            isGeneric |= container.IsGenericType;
            if (!IsPartial(container))
                _problems.Report(DiagnosticDescriptors.ContainingTypeNotPartial, container, container.Name, _service.Name);
        }

        if (isGeneric) _problems.Report(DiagnosticDescriptors.GenericInterface, _service, _service.Name);
        if (!TypeRules.IsAccessible(_service, _compilation))
            _problems.Report(DiagnosticDescriptors.InterfaceNotAccessible, _service, _service.Name);
        if (KnownTypes.IsObsoleteAsError(_service))
            _problems.Report(DiagnosticDescriptors.ObsoleteAsError, _service, _service.Name, _service.Name);
        if (_service.AllInterfaces.Any(static i => i.TypeKind == TypeKind.Error)) _problems.CompilerReports();
        if (!_isTopic && KnownTypes.Attribute(_service, "TopicAttribute") is not null)
            _problems.Report(DiagnosticDescriptors.ServiceAndTopic, _service, _service.Name);
    }

    /// <summary>The rules of the topic's events, after checking its name.</summary>
    private EventParser Events(string name)
    {
        // An attribute without its argument does not compile, and has no name that could be wrong.
        bool isNamed = KnownTypes.Attribute(_service, "TopicAttribute") is { ConstructorArguments.Length: 1 };
        if (!isNamed) _problems.CompilerReports();
        bool isValid = isNamed && EventParser.CheckName(_service, name, _problems);
        return new EventParser(_service, isValid ? name : null, _problems);
    }

    private bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.All(r =>
        r.GetSyntax(_cancellationToken) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>The methods of the interface and of all that it inherits; a member with a body is no part of the contract.</summary>
    private List<ParsedMethod> Methods(EventParser? events)
    {
        MethodParser parser = new(_service, _compilation, _problems, _types, events);
        List<ParsedMethod> methods = [];
        foreach (INamedTypeSymbol declaring in _service.AllInterfaces.Insert(0, _service))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (KnownTypes.IsContract(declaring)) continue;
            events?.CheckInterface(declaring);
            foreach (ISymbol member in declaring.GetMembers())
            {
                if (member.IsAbstract && parser.Parse(member) is { } method) methods.Add(method);
            }
        }

        return methods;
    }

    private void CheckUnique(List<ParsedMethod> methods)
    {
        Dictionary<string, ParsedMethod> byName = new(StringComparer.Ordinal);
        foreach (ParsedMethod method in methods)
        {
            if (!byName.TryGetValue(method.Model.WireName, out ParsedMethod? other))
            {
                byName.Add(method.Model.WireName, method);
                continue;
            }

            _problems.Report(
                DiagnosticDescriptors.DuplicateWireName, Place(method.Symbol, _service), Display(other.Symbol), Display(method.Symbol),
                _service.Name, method.Model.WireName);
        }
    }

    private void CheckName(string kind, string name)
    {
        if (WireNames.Problem(name) is { } problem)
            _problems.Report(DiagnosticDescriptors.InvalidWireName, _service, _service.Name, kind, Literals.Text(name), problem);
    }

    private List<string> Declarations()
    {
        List<string> declarations = [];
        for (INamedTypeSymbol? type = _service; type is not null; type = type.ContainingType)
            declarations.Insert(0, $"partial {Keyword(type)} {TypeNames.Escape(type.Name)}");
        return declarations;
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };

    /// <summary>Where to speak about a method: at its declaration if the service itself declares it, else at the service.</summary>
    internal static ISymbol Place(ISymbol member, INamedTypeSymbol service) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, service) ? member : service;

    internal static string Display(ISymbol member) => $"{member.ContainingType.Name}.{member.Name}";
}
