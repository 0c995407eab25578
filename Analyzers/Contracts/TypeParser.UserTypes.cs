using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <content>What attributes of the user decide: custom serializers, unions, interned strings.</content>
internal sealed partial class TypeParser
{
    private const string SerializerAttribute = "RpcSerializerAttribute";

    private readonly SerializerRules _serializers;
    private readonly UnionParser _unions;

    /// <summary>Finds types whose values would be infinite, once all of them are known.</summary>
    public FinitenessRules Finiteness { get; }

    /// <summary>
    /// Says how a member or parameter is serialized, which its attributes may decide; null, after reporting why, when it cannot be.
    /// </summary>
    public ResolvedType? ResolveMember(ITypeSymbol type, ISymbol member, UsePath path)
    {
        if (MemberAttributes.Find(member, SerializerAttribute) is { } attribute)
            return _serializers.Choose(attribute, type, path) is { } choice ? CustomMember(type, choice) : null;
        if (MemberAttributes.FindForeign(member, "MessagePackFormatterAttribute") is not null)
        {
            _problems.Report(DiagnosticDescriptors.ForeignFormatter, path.Location, path.ToString(), member.Name);
            return null;
        }

        if (MemberAttributes.Find(member, "InternAttribute") is null)
            return member is IParameterSymbol ? ResolveWhole(type, path) : Resolve(type, path);
        if (type.SpecialType != SpecialType.System_String)
        {
            _problems.Report(DiagnosticDescriptors.InvalidIntern, path.Location, path.ToString(), Display(type));
            return null;
        }

        return Resolve(type, path) is { } text ? text with { Ref = text.Ref with { Method = "ReadInternedString" } } : null;
    }

    /// <summary>Reports attributes that only a value can have on a parameter that is a stream of them.</summary>
    public bool CheckIsNoValue(IParameterSymbol stream, UsePath path)
    {
        if (MemberAttributes.Find(stream, SerializerAttribute) is { } attribute)
        {
            string serializer = attribute.ConstructorArguments.FirstOrDefault().Value is ITypeSymbol named ? Display(named) : "null";
            _problems.Report(
                DiagnosticDescriptors.InvalidSerializer, path.Location, path.ToString(), serializer, Display(stream.Type),
                "a stream is no value; put the attribute on the type of its items");
            return false;
        }

        if (MemberAttributes.Find(stream, "InternAttribute") is null) return true;
        _problems.Report(DiagnosticDescriptors.InvalidIntern, path.Location, path.ToString(), Display(stream.Type));
        return false;
    }

    /// <summary>A type with a serializer of its own; its kind and members do not matter then.</summary>
    private ResolvedType? Custom(INamedTypeSymbol type, AttributeData attribute, UsePath path)
    {
        if (_serializers.Choose(attribute, type, path) is not { } choice) return null;
        TypeRef self = Mention(type);
        _models[self.Name] = new CustomModel(self, TypeNames.Canonical(choice.Type));
        return new ResolvedType(self, SchemaText.Opaque(choice.Format));
    }

    /// <summary>The type has other methods where it stands alone, so these have the serializer's name in theirs.</summary>
    private ResolvedType CustomMember(ITypeSymbol type, SerializerChoice choice)
    {
        string serializer = TypeNames.Canonical(choice.Type);
        TypeRef value = By(choice.Value);
        Add(value, new CustomModel(value, serializer));
        string schema = SchemaText.Opaque(choice.Format);
        if (!SymbolEqualityComparer.Default.Equals(type, choice.Value))
        {
            TypeRef nullable = By(type);
            Add(nullable, new NullableModel(nullable, value));
            return new ResolvedType(nullable, SchemaText.Nullable(schema));
        }

        return new ResolvedType(value, schema + (CanBeNil(type) ? "?" : ""));

        TypeRef By(ITypeSymbol symbol)
        {
            TypeRef self = Mention(symbol);
            return self with { Method = $"{self.Method}_by_{TypeNames.Identifier(choice.Type, serializer)}" };
        }

        void Add(TypeRef self, TypeModel model) => _models[$"{self.Name} by {serializer}"] = model;
    }

    private ResolvedType? Union(INamedTypeSymbol type, UsePath path)
    {
        TypeRef self = Mention(type);
        string name = SchemaName(type);
        ResolvedType resolved = new(self, SchemaText.Quote(name));

        // In place before the cases are looked at, because they may lead back here.
        if (_schema.ContainsKey(name)) return resolved;
        _schema[name] = "";
        if (!_models.ContainsKey(self.Name)) _models[self.Name] = null;
        if (_unions.Parse(type, self, path) is not { } parsed) return null;
        _models[self.Name] = parsed.Model;
        Describe(name, type, $"union {SchemaText.Quote(name)} {parsed.Schema}");
        Finiteness.AddUnion(parsed.Model, type, path);
        return resolved;
    }

    private static bool CanBeNil(ITypeSymbol type) => type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated;
}
