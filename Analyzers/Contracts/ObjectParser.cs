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
    public ParsedObject? Parse(INamedTypeSymbol type, TypeRef self, UsePath path)
    {
        List<MemberCandidate> candidates = _collector.Collect(type, path);
        if (_constructors.Choose(type, candidates) is not { } constructor)
        {
            string reason = ConstructorRules.Marked(type).Any()
                ? "its constructor with [SerializationConstructor] is not public, or has a parameter that matches no member by name or "
                    + "key, and type, and has no default value"
                : "it has no public constructor without parameters and none whose parameters all match members by name and type, or "
                    + "have default values";
            problems.Report(DiagnosticDescriptors.NoConstructor, path.At(type).Location, path.ToString(), type.Name, reason);
            return null;
        }

        List<MemberCandidate> members = candidates.FindAll(m =>
            !m.IsIgnored && !m.HoldsUnknown && (m.CanBeSet || constructor.Members.Contains(m)));
        MemberCandidate? unknown = Unknown(candidates, constructor, path);
        CheckConstruction(type, candidates, unknown is null ? members : [.. members, unknown], constructor, path);

        // MessagePack-CSharp writes an object without members as an array, and only here would it make a difference.
        bool isEmptyArray = members.Count == 0
            && KnownTypes.Attribute(type, "MessagePackObjectAttribute", KnownTypes.MessagePack) is not null
            && !MemberAttributes.IsByName(type);
        bool isKeyed = isEmptyArray || members.Exists(static m => m.Index is not null);
        if (!new KeyRules(problems).Check(type, candidates, members, isKeyed, path)) return null;
        if (isKeyed) members = [.. members.OrderBy(static m => m.Index)];

        List<MemberModel> models = [];
        List<string> schema = [];
        List<(string Member, TypeRef Type)> held = [];
        foreach (MemberCandidate member in members)
        {
            CheckSetter(member, constructor, path);
            UsePath memberPath = path.To(type, member.Symbol);
            if (KnownTypes.IsObsoleteAsError(member.Symbol))
                problems.Report(DiagnosticDescriptors.ObsoleteAsError, memberPath.Location, memberPath.ToString(), member.Name);
            if (types.ResolveMember(member.Type, member.Symbol, memberPath) is not { } resolved) continue;
            MemberModel model = Model(member, resolved.Ref, isKeyed, constructor);
            models.Add(model);
            if (MustBeGiven(member, constructor)) held.Add((member.Name, resolved.Ref));
            schema.Add($"{(isKeyed ? model.Index.ToString(CultureInfo.InvariantCulture) : SchemaText.Word(model.Key))}: {resolved.Schema}");
        }

        if (problems.Any) return null;
        types.Finiteness.AddObject(self, type, path, held);
        if (unknown is not null)
        {
            members.Add(unknown);
            TypeRef ofUnknown = new("global::SourceGen.Rpc.UnknownMembers", TypeRefKind.Serializer, "", "", CanBeNull: true);
            MemberModel model = Model(unknown, ofUnknown, isKeyed: false, constructor);

            // Null is what it is without any, so there is no default to keep.
            MemberSetter setter = model.Setter == MemberSetter.Init ? MemberSetter.Required : model.Setter;
            models.Add(model with { Setter = setter, HoldsUnknown = true });
        }

        EquatableArray<ArgumentModel> arguments = constructor.Symbol.Parameters
            .Select((p, i) => Argument(p, constructor.Members[i], members))
            .OfType<ArgumentModel>()
            .ToEquatableArray();
        CallbackModel? callbacks = Callbacks(type, path);
        return new ParsedObject(
            new ObjectModel(self, isKeyed, models.ToEquatableArray(), arguments, callbacks), schema);
    }

    /// <summary>The member that holds unknown members, or null.</summary>
    private MemberCandidate? Unknown(List<MemberCandidate> candidates, ConstructorChoice constructor, UsePath path)
    {
        MemberCandidate[] all = [.. candidates.Where(static m => m is { HoldsUnknown: true, IsIgnored: false })];
        foreach (MemberCandidate member in all)
        {
            string? reason =
                member.Key is { } key ? $"it is no member on the wire, and so has no key; remove {key.Attribute.Split(' ').Last()}"
                : member != all[0] ? $"'{all[0].Name}' holds them already; remove one of the two"
                : !member.CanBeSet && !constructor.Members.Contains(member)
                    ? "the reader cannot set it; add a setter or a constructor parameter of the same name"
                    : null;
            if (reason is not null)
            {
                problems.Report(
                    DiagnosticDescriptors.InvalidUnknownMembers, path.At(member.Symbol).Location, path.ToString(), member.Name, reason);
            }
            else
            {
                CheckSetter(member, constructor, path);
            }
        }

        return all.FirstOrDefault();
    }

    /// <summary>An accessor to what is hidden in a generic type would have to be generic itself, with all its constraints.</summary>
    private void CheckSetter(MemberCandidate member, ConstructorChoice constructor, UsePath path)
    {
        if (member.HiddenSetter is not { } setter || constructor.Members.Contains(member)) return;
        for (INamedTypeSymbol? part = setter.ContainingType; part is not null; part = part.ContainingType)
        {
            if (part.Arity == 0) continue;
            problems.Report(
                DiagnosticDescriptors.HiddenSetter, path.At(member.Symbol).Location, path.ToString(), member.Name,
                setter.ContainingType.Name);
            return;
        }
    }

    /// <summary>Whether every value that is made by the rules of nullable references has another one in the member.</summary>
    private static bool MustBeGiven(MemberCandidate member, ConstructorChoice constructor)
    {
        if (member.Type.IsReferenceType && member.Type.NullableAnnotation != NullableAnnotation.NotAnnotated) return false;
        int parameter = constructor.Members.ToList().IndexOf(member);
        return parameter >= 0 ? !constructor.Symbol.Parameters[parameter].HasExplicitDefaultValue
            : member.IsRequired && !constructor.SetsRequiredMembers;
    }

    private CallbackModel? Callbacks(INamedTypeSymbol type, UsePath path)
    {
        INamedTypeSymbol? own = type.AllInterfaces.FirstOrDefault(static i => KnownTypes.Is(i, "SourceGen.Rpc", "ISerializationCallbacks"));
        INamedTypeSymbol? receiver = own ?? type.AllInterfaces.FirstOrDefault(static i =>
            KnownTypes.Is(i, KnownTypes.MessagePack, "IMessagePackSerializationCallbackReceiver"));
        if (receiver is null) return null;

        // A cast boxes a struct, and the callbacks would change the box.
        if (type.IsValueType && receiver.GetMembers().Any(m => type.FindImplementationForInterfaceMember(m)
            is not IMethodSymbol { MethodKind: not MethodKind.ExplicitInterfaceImplementation } method
                || !compilation.IsSymbolAccessibleWithin(method, compilation.Assembly)))
        {
            problems.Report(
                DiagnosticDescriptors.NotSerializable, path.At(type).Location, path.ToString(), type.Name,
                $"it is a struct that implements {receiver.Name} explicitly; make its methods public");
        }

        return own is not null
            ? new CallbackModel(TypeNames.Canonical(own), "OnSerializing", "OnDeserialized")
            : new CallbackModel(TypeNames.Canonical(receiver), "OnBeforeSerialize", "OnAfterDeserialize");
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
        string hiddenIn = setter == MemberSetter.Assign && member.HiddenSetter is { } hidden
            ? TypeNames.Canonical(hidden.ContainingType)
            : "";
        return isKeyed
            ? new MemberModel(member.Name, member.Index!.Value, "", type, setter, defaultValue, hiddenIn, HoldsUnknown: false)
            : new MemberModel(member.Name, -1, member.KeyName ?? member.Name, type, setter, defaultValue, hiddenIn, HoldsUnknown: false);
    }

    /// <summary>What a parameter gets; null when it is left to its default value.</summary>
    private static ArgumentModel? Argument(IParameterSymbol parameter, MemberCandidate? member, List<MemberCandidate> members) =>
        member is not null ? new ArgumentModel(parameter.Name, members.IndexOf(member), "")
        : parameter.HasExplicitDefaultValue ? null
        : new ArgumentModel(parameter.Name, -1, $"default({TypeNames.Canonical(parameter.Type)})");
}
