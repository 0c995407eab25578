using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>A type that can be serialized: how generated code mentions it, and its words in the schema.</summary>
internal sealed record ResolvedType(TypeRef Ref, string Schema);

/// <summary>
/// Decides which types can be serialized, and how. One parser serves one service: it gathers the models and schema lines of every type
/// reached, and reports what cannot be serialized together with the way it was reached.
/// </summary>
internal sealed partial class TypeParser
{
    /// <summary>A type that mentions itself with ever larger type arguments would otherwise be followed for ever.</summary>
    private const int MaxTypeArgumentDepth = 12;

    private readonly Compilation _compilation;
    private readonly ProblemSink _problems;
    private readonly ObjectParser _objects;
    private readonly Dictionary<ITypeSymbol, ResolvedType> _resolved = new(SymbolEqualityComparer.IncludeNullability);
    private readonly Dictionary<string, TypeModel?> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _schema = new(StringComparer.Ordinal);
    private readonly Dictionary<string, INamedTypeSymbol> _symbols = new(StringComparer.Ordinal);
    private readonly List<KeyedName> _keyedNames = [];

    public TypeParser(Compilation compilation, ProblemSink problems)
    {
        _compilation = compilation;
        _problems = problems;
        _objects = new ObjectParser(this, compilation, problems);
        _serializers = new SerializerRules(compilation, problems);
        _unions = new UnionParser(this, compilation, problems);
        Finiteness = new FinitenessRules(problems);
    }

    /// <summary>The types that need generated methods, by name.</summary>
    public IEnumerable<TypeModel> Models => _models.OrderBy(static m => m.Key, StringComparer.Ordinal).Select(static m => m.Value!);

    /// <summary>The schema's lines of objects and enums, by name.</summary>
    public IEnumerable<KeyValuePair<string, string>> SchemaLines => _schema;

    /// <summary>The names of members by index, sorted by type and index.</summary>
    public IEnumerable<KeyedName> KeyedNames =>
        _keyedNames.OrderBy(static name => name.Type, StringComparer.Ordinal).ThenBy(static name => name.Index);

    /// <summary>The types that the schema describes, by name.</summary>
    public IReadOnlyDictionary<string, INamedTypeSymbol> Symbols => _symbols;

    /// <summary>Adds a line to the schema, of a type that others than this parser serialize.</summary>
    public void Describe(string name, INamedTypeSymbol type, string line)
    {
        _schema[name] = line;
        _symbols[name] = type;
    }

    /// <summary>Says how a type is serialized; null, after reporting why, when it cannot be.</summary>
    public ResolvedType? Resolve(ITypeSymbol type, UsePath path)
    {
        if (_resolved.TryGetValue(type, out ResolvedType? known)) return known;
        ResolvedType? resolved = ResolveNotNil(type, path);
        if (resolved is null) return null;

        // A reference type that is not annotated at all may be null as far as anyone knows.
        if (CanBeNil(type))
            resolved = resolved with { Schema = resolved.Schema + "?" };
        return _resolved[type] = resolved;
    }

    private ResolvedType? ResolveNotNil(ITypeSymbol type, UsePath path)
    {
        if (type.TypeKind == TypeKind.Error) return CompilerReports();
        if (Scalars.Find(type) is { } scalar) return scalar;
        if (KnownTypes.IsBuffer(type)) return MisplacedBuffer(path);
        switch (type)
        {
            case IArrayTypeSymbol array:
                return Array(array, path);
            case INamedTypeSymbol named:
                return ResolveNamed(named, path);
            case IDynamicTypeSymbol:
                return Refuse(type, path, "dynamic values have no type at compile time; declare the type");
            case ITypeParameterSymbol:
                return Refuse(type, path, "it is a type parameter; use a closed type");
            default:
                return Refuse(type, path, "it is a pointer");
        }
    }

    private ResolvedType? ResolveNamed(INamedTypeSymbol type, UsePath path)
    {
        if (KnownTypes.IsStream(type))
        {
            string remedy = KnownTypes.ItemsOf(type) is null
                ? "use IAsyncEnumerable<T>, as the result of a method or as one of its parameters"
                : "only the whole result of a method and one of its parameters can be streams; use a List<T> or an array here";
            _problems.Report(DiagnosticDescriptors.MisplacedStream, path.Location, path.ToString(), Display(type), remedy);
            return null;
        }

        AttributeData? serializer = KnownTypes.Attribute(type, SerializerAttribute);
        bool isUnion = serializer is null && UnionParser.IsUnion(type);
        if (serializer is null && !isUnion && TypeRules.WhyNotAKind(type) is { } reason) return Refuse(type, path, reason);
        if (!TypeRules.IsAccessible(type, _compilation))
        {
            _problems.Report(DiagnosticDescriptors.TypeNotAccessible, path.Location, path.ToString(), Display(type));
            return null;
        }

        if (KnownTypes.IsObsoleteAsError(type))
        {
            _problems.Report(DiagnosticDescriptors.ObsoleteAsError, path.Location, path.ToString(), Display(type));
            return null;
        }

        if (TypeRules.TypeArgumentDepth(type) > MaxTypeArgumentDepth)
            return Refuse(type, path, "its type arguments are nested too deeply, or it mentions itself with ever larger ones");
        if (!KnownTypes.IsSystem(type) && TypeRules.IsAmbiguous(type, _compilation))
            return Refuse(type, path, "another assembly has a type of the same full name; rename one of them, or reference one only");
        if (serializer is not null) return Custom(type, serializer, path);
        if (KnownTypes.Attribute(type, "MessagePackFormatterAttribute", KnownTypes.MessagePack) is not null)
        {
            _problems.Report(DiagnosticDescriptors.ForeignFormatter, path.At(type).Location, path.ToString(), Display(type));
            return null;
        }

        if (isUnion) return Union(type, path);
        if (type.TypeKind == TypeKind.Enum) return Enum(type);
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T) return Nullable(type, path);
        if (type.IsTupleType) return Tuple(type, (type.TupleUnderlyingType ?? type).TypeArguments, path);
        if (!KnownTypes.IsSystem(type)) return Object(type, path);
        if (KnownTypes.Is(type, "System", "Tuple", type.Arity) && type.Arity > 0) return Tuple(type, type.TypeArguments, path);
        if (KnownTypes.Is(type, "System", "ValueTuple", type.Arity) && type.Arity > 0) return Tuple(type, type.TypeArguments, path);
        if (KnownTypes.Is(type, "System.Collections.Generic", "KeyValuePair", 2))
            return Tuple(type, type.TypeArguments, ["Key", "Value"], path);
        return SystemType(type, path);
    }

    private ResolvedType? Tuple(INamedTypeSymbol type, IReadOnlyList<ITypeSymbol> arguments, UsePath path) =>
        Tuple(type, arguments, [.. arguments.Select(static (_, i) => i == 7 ? "Rest" : "Item" + (i + 1))], path);

    private ResolvedType? Tuple(INamedTypeSymbol type, IReadOnlyList<ITypeSymbol> arguments, IReadOnlyList<string> names, UsePath path)
    {
        List<TupleElement> elements = [];
        List<string> schema = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            if (Resolve(arguments[i], path) is not { } element) return null;
            elements.Add(new TupleElement(names[i], element.Ref));
            schema.Add(element.Schema);
        }

        TypeRef self = Mention(type);
        _models[self.Name] = new TupleModel(self, elements.ToEquatableArray());
        return new ResolvedType(self, $"tuple<{string.Join(", ", schema)}>");
    }

    private ResolvedType? Nullable(INamedTypeSymbol type, UsePath path)
    {
        if (Resolve(type.TypeArguments[0], path) is not { } value) return null;
        TypeRef self = Mention(type);
        _models[self.Name] = new NullableModel(self, value.Ref);
        return new ResolvedType(self, SchemaText.Nullable(value.Schema));
    }

    private ResolvedType Enum(INamedTypeSymbol type)
    {
        ResolvedType underlying = Scalars.Find(type.EnumUnderlyingType!)!;
        string name = SchemaName(type);
        IEnumerable<string> values = type.GetMembers().OfType<IFieldSymbol>().Where(static f => f.HasConstantValue)
            .Select(static f => string.Format(CultureInfo.InvariantCulture, "{0} = {1}", SchemaText.Word(f.Name), f.ConstantValue));
        Describe(name, type, $"enum {SchemaText.Quote(name)} {underlying.Schema} {SchemaText.Braces([.. values])}");
        TypeRef self = new(TypeNames.Canonical(type), TypeRefKind.Cast, underlying.Ref.Method, underlying.Ref.Name, CanBeNull: false);
        return new ResolvedType(self, SchemaText.Quote(name));
    }

    private ResolvedType? Object(INamedTypeSymbol type, UsePath path)
    {
        TypeRef self = Mention(type);
        string name = SchemaName(type);
        ResolvedType resolved = new(self, SchemaText.Quote(name));

        // In place before the members are looked at, because they may lead back here.
        if (_schema.ContainsKey(name)) return resolved;
        _schema[name] = "";
        if (!_models.ContainsKey(self.Name)) _models[self.Name] = null;
        if (_objects.Parse(type, self, path) is not { } parsed) return null;
        _models[self.Name] = parsed.Model;
        if (parsed.Model.IsKeyed)
            _keyedNames.AddRange(parsed.Model.Members.Select(member => new KeyedName(name, member.Index, member.Name)));
        string layout = parsed.Model.IsKeyed ? "array" : "map";
        Describe(name, type, $"object {SchemaText.Quote(name)} {layout} {SchemaText.Braces(parsed.Schema)}");
        return resolved;
    }

    /// <summary>The C# name with its namespace; type arguments in the schema's own words.</summary>
    internal static string SchemaName(INamedTypeSymbol type)
    {
        string name = type.Name;
        if (type.TypeArguments.Length > 0) name += "<" + string.Join(", ", type.TypeArguments.Select(ArgumentSchema)) + ">";
        if (type.ContainingType is { } container) return SchemaName(container) + "." + name;
        return TypeNames.PlainPrefix(type) + name;
    }

    /// <summary>A type argument; no member has to use it, so it need not be serializable.</summary>
    private static string ArgumentSchema(ITypeSymbol type)
    {
        string suffix = type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated ? "?" : "";
        switch (type)
        {
            case IArrayTypeSymbol array:
                return SchemaOf(array, ArgumentSchema(array.ElementType)) + suffix;
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                return SchemaText.Nullable(ArgumentSchema(nullable.TypeArguments[0]));
            case INamedTypeSymbol named when Scalars.Find(named) is { } scalar:
                return scalar.Schema + suffix;
            case INamedTypeSymbol named when KnownTypes.IsSystem(named) && named.Arity > 0:
                return SchemaOf(named, [.. named.TypeArguments.Select(ArgumentSchema)]) + suffix;
            case INamedTypeSymbol named:
                return SchemaText.Quote(SchemaName(named)) + suffix;
            default:
                return SchemaText.Quote(Display(type));
        }
    }

    private static TypeRef Mention(ITypeSymbol type)
    {
        string name = TypeNames.Canonical(type);
        bool canBeNull = type.IsReferenceType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return new TypeRef(name, TypeRefKind.Serializer, TypeNames.Identifier(type, name), "", canBeNull);
    }

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    private ResolvedType? Refuse(ITypeSymbol type, UsePath path, string reason)
    {
        _problems.Report(DiagnosticDescriptors.NotSerializable, path.Location, path.ToString(), Display(type), reason);
        return null;
    }

    private ResolvedType? CompilerReports()
    {
        _problems.CompilerReports();
        return null;
    }
}
