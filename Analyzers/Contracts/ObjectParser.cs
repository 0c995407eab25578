using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>An object's model, and its members in the schema's words.</summary>
internal sealed record ParsedObject(ObjectModel Model, IReadOnlyList<string> Schema);

/// <summary>
/// Decides which members of a class, struct or record are serialized, under which keys, and how the reader makes a value.
/// </summary>
internal sealed class ObjectParser(TypeParser types, Compilation compilation, ProblemSink problems)
{
    private readonly ConstructorRules _constructors = new(compilation);
    private readonly MemberCollector _collector = new(problems);

    /// <summary>Parses a type; null, after reporting why, when it has no serialized form.</summary>
    public ParsedObject? Parse(INamedTypeSymbol type, TypeRef self, string generatedNamespace, string hintName, UsePath path)
    {
        List<MemberCandidate> candidates = _collector.Collect(type, path);
        if (_constructors.Choose(type, candidates) is not { } constructor)
        {
            problems.Report(
                DiagnosticDescriptors.NoConstructor, path.At(type).Location, path.ToString(), type.Name,
                "it has no public constructor without parameters and none whose parameters all match members by name and type, or "
                + "have default values");
            return null;
        }

        List<MemberCandidate> members = candidates.FindAll(m => !m.IsIgnored && (m.IsSettable || constructor.Members.Contains(m)));
        CheckConstruction(type, candidates, members, constructor, path);
        bool isKeyed = members.Exists(static m => m.Index is not null);
        if (!new KeyRules(problems).Check(type, candidates, members, isKeyed, path)) return null;
        if (isKeyed) members = [.. members.OrderBy(static m => m.Index)];

        List<MemberModel> models = [];
        List<string> schema = [];
        foreach (MemberCandidate member in members)
        {
            UsePath memberPath = path.To(type, member.Symbol);
            if (KnownTypes.IsObsoleteAsError(member.Symbol))
                problems.Report(DiagnosticDescriptors.ObsoleteAsError, memberPath.Location, memberPath.ToString(), member.Name);
            if (types.Resolve(member.Type, memberPath) is not { } resolved) continue;
            MemberModel model = Model(member, resolved.Ref, isKeyed, constructor);
            models.Add(model);
            schema.Add($"{(isKeyed ? model.Index.ToString(CultureInfo.InvariantCulture) : SchemaText.Word(model.Key))}: {resolved.Schema}");
        }

        if (problems.Any) return null;
        EquatableArray<ArgumentModel> arguments = constructor.Symbol.Parameters
            .Select((p, i) => Argument(p, constructor.Members[i], members))
            .OfType<ArgumentModel>()
            .ToEquatableArray();
        return new ParsedObject(new ObjectModel(self, generatedNamespace, hintName, isKeyed, models.ToEquatableArray(), arguments), schema);
    }

    /// <summary>An object initializer must name every required member, and a value of which nothing can be set is worth nothing.</summary>
    private void CheckConstruction(
        INamedTypeSymbol type, List<MemberCandidate> candidates, List<MemberCandidate> members, ConstructorChoice constructor, UsePath path)
    {
        if (!constructor.SetsRequiredMembers)
        {
            for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
            {
                ISymbol? required = part.GetMembers()
                    .Where(static m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
                    .FirstOrDefault(m => !members.Exists(s => s.Name == m.Name && s.IsSettable));
                if (required is null) continue;
                problems.Report(
                    DiagnosticDescriptors.NoConstructor, path.At(required).Location, path.ToString(), type.Name,
                    $"its required member '{required.Name}' is not serialized, so an object initializer cannot set it");
                return;
            }
        }

        if (members.Count == 0 && candidates.Exists(static m => !m.IsIgnored))
            problems.Report(DiagnosticDescriptors.NothingSerialized, path.At(type).Location, path.ToString(), type.Name);
    }

    private static MemberModel Model(MemberCandidate member, TypeRef type, bool isKeyed, ConstructorChoice constructor)
    {
        int parameter = constructor.Members.ToList().IndexOf(member);
        MemberSetter setter = member.IsRequired && !constructor.SetsRequiredMembers ? MemberSetter.Required
            : parameter >= 0 ? MemberSetter.Constructor
            : member.IsInitOnly ? MemberSetter.Init
            : MemberSetter.Assign;
        string defaultValue = parameter >= 0 ? Literals.DefaultOf(constructor.Symbol.Parameters[parameter]) : "default";
        return isKeyed
            ? new MemberModel(member.Name, member.Index!.Value, "", type, setter, defaultValue)
            : new MemberModel(member.Name, -1, member.KeyName ?? member.Name, type, setter, defaultValue);
    }

    /// <summary>What a parameter gets; null when it is left to its default value.</summary>
    private static ArgumentModel? Argument(IParameterSymbol parameter, MemberCandidate? member, List<MemberCandidate> members) =>
        member is not null ? new ArgumentModel(parameter.Name, members.IndexOf(member), "")
        : parameter.HasExplicitDefaultValue ? null
        : new ArgumentModel(parameter.Name, -1, $"default({TypeNames.Canonical(parameter.Type)})");
}
