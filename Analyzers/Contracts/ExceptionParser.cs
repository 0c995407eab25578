using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Decides what of a declared exception travels, and how the reader makes one: its own public members and those of its bases up to the
/// class library, and the message if a constructor takes it.
/// </summary>
internal sealed class ExceptionParser(Compilation compilation, ProblemSink problems, TypeParser types)
{
    private readonly MemberCollector _collector = new(problems);

    /// <summary>Parses an exception; null, after reporting why, when the reader cannot make one.</summary>
    public ErrorModel? Parse(INamedTypeSymbol type, UsePath path)
    {
        if (!TypeRules.IsAccessible(type, compilation))
            return Refuse(DiagnosticDescriptors.TypeNotAccessible, type, path);
        if (KnownTypes.IsObsoleteAsError(type))
            return Refuse(DiagnosticDescriptors.ObsoleteAsError, type, path);
        if (TypeRules.IsAmbiguous(type, compilation))
        {
            return Refuse(
                DiagnosticDescriptors.InvalidError, type, path, "another assembly has a type of the same full name; rename one of them");
        }

        List<MemberCandidate> candidates = _collector.Collect(type, path);
        if (candidates.Find(static m => m.Index is not null) is { } indexed)
        {
            return Refuse(
                DiagnosticDescriptors.InvalidError, type, path,
                $"member '{indexed.Name}' has a number as its [Key], and exceptions travel by name; remove it, or use a name");
        }

        AddText(type, candidates);
        if (Choose(type, candidates) is not { } constructor)
        {
            return Refuse(
                DiagnosticDescriptors.InvalidError, type, path,
                "the reader cannot make one: it needs a public constructor whose parameters all match a public member by name and type "
                + "('message' matches Message), are an inner exception, or have default values");
        }

        List<MemberCandidate> members = candidates.FindAll(m => !m.IsIgnored && (constructor.Members.Contains(m) || m.IsSettable));
        if (!new KeyRules(problems).Check(type, candidates, members, isKeyed: false, path)) return null;
        return WhyNotAll(members, constructor, type) is { } reason
            ? Refuse(DiagnosticDescriptors.InvalidError, type, path, reason)
            : Model(type, members, constructor, path);
    }

    private ErrorModel? Model(INamedTypeSymbol type, List<MemberCandidate> members, ConstructorChoice constructor, UsePath path)
    {
        List<ExceptionMemberModel> models = [];
        List<string> schema = [];
        foreach (MemberCandidate member in members)
        {
            UsePath memberPath = path.To(type, member.Symbol);
            if (KnownTypes.IsObsoleteAsError(member.Symbol))
                problems.Report(DiagnosticDescriptors.ObsoleteAsError, memberPath.Location, memberPath.ToString(), member.Name);
            if (types.ResolveMember(member.Type, member.Symbol, memberPath) is not { } resolved) continue;
            int parameter = constructor.Members.ToList().IndexOf(member);
            string key = member.KeyName ?? member.Name;
            TypeUse use = new(
                TypeNames.Declared(member.Type),
                member.Type.IsReferenceType && member.Type.NullableAnnotation != NullableAnnotation.Annotated,
                resolved.Ref);
            string defaultValue = parameter >= 0 ? Literals.DefaultOf(constructor.Symbol.Parameters[parameter]) : "default";
            models.Add(new ExceptionMemberModel(member.Name, key, use, parameter < 0, defaultValue));
            schema.Add($"{SchemaText.Word(key)}: {resolved.Schema}");
        }

        if (problems.Any) return null;
        string name = TypeParser.SchemaName(type);
        types.Describe(name, type, $"object {SchemaText.Quote(name)} map {SchemaText.Braces(schema)}");
        EquatableArray<ArgumentModel> arguments = constructor.Symbol.Parameters
            .Select((p, i) => Argument(p, constructor.Members[i], members))
            .OfType<ArgumentModel>()
            .ToEquatableArray();
        ExceptionModel exception = new(TypeNames.Canonical(type), type.Name, models.ToEquatableArray(), arguments);
        return new ErrorModel(name, 0, Detail: null, exception);
    }

    /// <summary>
    /// The public constructor that takes most of the members; of those the one with the fewest other parameters. Not the one without
    /// parameters first, as for objects: most exceptions have one beside the one that takes the message.
    /// </summary>
    private ConstructorChoice? Choose(INamedTypeSymbol type, List<MemberCandidate> candidates) => type.InstanceConstructors
        .Where(static c => c.DeclaredAccessibility == Accessibility.Public && !KnownTypes.IsObsoleteAsError(c))
        .Select(c => Match(c, candidates))
        .OfType<ConstructorChoice>()
        .OrderByDescending(static c => c.Members.Count(static m => m is not null))
        .ThenBy(static c => c.Members.Count)
        .ThenBy(static c => c.Symbol.ToDisplayString(), StringComparer.Ordinal)
        .FirstOrDefault();

    private ConstructorChoice? Match(IMethodSymbol constructor, List<MemberCandidate> candidates)
    {
        MemberCandidate?[] matched = new MemberCandidate?[constructor.Parameters.Length];
        for (int i = 0; i < matched.Length; i++)
        {
            IParameterSymbol parameter = constructor.Parameters[i];
            if (parameter.RefKind is not (RefKind.None or RefKind.In)) return null;
            MemberCandidate? member = candidates.Find(m => m.Name == parameter.Name)
                ?? candidates.Find(m => string.Equals(m.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
            bool fits = member is { IsIgnored: false } && ConstructorRules.Fits(compilation, member.Type, parameter.Type);
            if (fits && !matched.Contains(member))
                matched[i] = member;
            else if (!parameter.HasExplicitDefaultValue && !(parameter.Type is INamedTypeSymbol named && KnownTypes.IsException(named)))
                return null;
        }

        return new ConstructorChoice(constructor, matched);
    }

    /// <summary>Why an object initializer cannot complete the exception, or null.</summary>
    private static string? WhyNotAll(List<MemberCandidate> members, ConstructorChoice constructor, INamedTypeSymbol type)
    {
        if (constructor.SetsRequiredMembers) return null;
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            ISymbol? required = part.GetMembers()
                .Where(static m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
                .FirstOrDefault(m => !members.Exists(s => s.Name == m.Name && s.IsSettable && !constructor.Members.Contains(s)));
            if (required is not null) return $"the reader cannot make one: its required member '{required.Name}' is not one that it sets";
        }

        return null;
    }

    /// <summary>Adds the inherited text of the exception, under the names that a constructor may take it by.</summary>
    private void AddText(INamedTypeSymbol type, List<MemberCandidate> candidates)
    {
        ITypeSymbol text = compilation.GetSpecialType(SpecialType.System_String).WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        for (INamedTypeSymbol? part = type.BaseType; part is not null; part = part.BaseType)
        {
            string? name = KnownTypes.Is(part, "System", "Exception") ? "Message"
                : KnownTypes.Is(part, "SourceGen.Rpc", "RpcException") ? "Detail"
                : null;
            if (name is not null && !candidates.Exists(m => m.Name == name))
                candidates.Insert(0, new MemberCandidate(part.GetMembers(name)[0], text, key: null));
        }
    }

    /// <summary>What a parameter gets; null when it is left to its default value.</summary>
    private static ArgumentModel? Argument(IParameterSymbol parameter, MemberCandidate? member, List<MemberCandidate> members) =>
        member is not null ? new ArgumentModel(parameter.Name, members.IndexOf(member), "")
        : parameter.HasExplicitDefaultValue ? null
        : new ArgumentModel(parameter.Name, -1, "null!");

    private ErrorModel? Refuse(DiagnosticDescriptor descriptor, INamedTypeSymbol type, UsePath path, params object[] more)
    {
        string name = type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
        problems.Report(descriptor, path.Location, [path.ToString(), name, .. more]);
        return null;
    }
}
