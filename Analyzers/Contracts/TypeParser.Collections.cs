using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>Arrays, collections and the other types of the class library that hold values.</summary>
internal sealed partial class TypeParser
{
    /// <summary>Beyond it MessagePack-CSharp has no form whose bytes would have to be the same.</summary>
    private const int MaxRank = 4;

    /// <summary>Says how a whole parameter or result is serialized, which can be a pooled buffer.</summary>
    public ResolvedType? ResolveWhole(ITypeSymbol type, UsePath path)
    {
        if (!KnownTypes.IsBuffer(type)) return Resolve(type, path);
        bool canBeNull = type.NullableAnnotation != NullableAnnotation.NotAnnotated;
        return canBeNull ? Scalars.Buffer with { Schema = Scalars.Buffer.Schema + "?" } : Scalars.Buffer;
    }

    private ResolvedType? Array(IArrayTypeSymbol type, UsePath path)
    {
        if (type.IsSZArray) return Collection(type, type.ElementType, new KnownCollection("", CollectionAccess.Array, ""), path);
        if (type.Rank > MaxRank) return Refuse(type, path, $"it is an array of more than {MaxRank} dimensions; use an array of arrays");
        if (Resolve(type.ElementType, path) is not { } element) return null;
        TypeRef self = Mention(type);
        _models[self.Name] = new MultiArrayModel(self, element.Ref, type.Rank);
        return new ResolvedType(self, SchemaOf(type, element.Schema));
    }

    private ResolvedType? SystemType(INamedTypeSymbol type, UsePath path)
    {
        if (KnownTuples.Find(type) is { } members)
        {
            ITypeSymbol number = _compilation.GetSpecialType(KnownTuples.ElementOf(type));
            return Tuple(type, [.. members.Select(_ => number)], members, path);
        }

        if (KnownTypes.Is(type, "System.Linq", "IGrouping", 2)) return Grouping(type, path);
        if (KnownTypes.Is(type, "System.Linq", "ILookup", 2)) return Lookup(type, path);
        if (KnownCollections.Find(type) is not { } known) return Refuse(type, path, TypeRules.WhyNotSystem(type));
        bool isQueue = type.Name == "PriorityQueue";
        ITypeSymbol sorted = type.TypeArguments[isQueue ? 1 : 0].WithNullableAnnotation(NullableAnnotation.None);
        if (known.IsSorted && !TypeRules.IsComparable(sorted))
        {
            string name = Display(sorted);
            return Refuse(
                type, path, $"the reader sorts it by '{name}', which does not implement IComparable<{name}>; implement it, or use a "
                + "collection without an order");
        }

        if (known.IsDictionary) return Dictionary(type, known, path);
        return Collection(type, isQueue ? PairOf(type) : type.TypeArguments[0], known, path);
    }

    /// <summary>A priority queue gives and takes its elements with their priorities as tuples.</summary>
    private INamedTypeSymbol PairOf(INamedTypeSymbol queue) =>
        _compilation.CreateTupleTypeSymbol(queue.TypeArguments, elementNullableAnnotations: queue.TypeArgumentNullableAnnotations);

    private ResolvedType? Collection(ITypeSymbol type, ITypeSymbol elementType, KnownCollection known, UsePath path)
    {
        if (Resolve(elementType, path) is not { } element) return null;
        TypeRef self = Mention(type);
        string built = known.BuiltAs.Length == 0 ? "" : $"global::System.Collections.Generic.{known.BuiltAs}<{element.Ref.Name}>";
        KeyHashing hashing = known.IsHashed ? HashingRules.Of(elementType) : KeyHashing.Default;
        string arguments = Arguments(type);
        _models[self.Name] = new CollectionModel(self, element.Ref, known.Access, built, hashing)
        {
            Items = known.Items.Replace("{0}", arguments),
            Finish = known.Finish.Replace("{0}", arguments),
            IsReversed = known.IsReversed,
            IsSorted = known.BuiltAs == "SortedSet",
            NilTest = known.NilTest,
        };
        return new ResolvedType(self, known.NilTest.Length > 0 ? $"list<{element.Schema}>?" : $"list<{element.Schema}>");
    }

    private ResolvedType? Dictionary(INamedTypeSymbol type, KnownCollection known, UsePath path)
    {
        if (Resolve(type.TypeArguments[0], path) is not { } key || Resolve(type.TypeArguments[1], path) is not { } value) return null;
        TypeRef self = Mention(type);
        string built = $"global::System.Collections.Generic.{known.BuiltAs}<{key.Ref.Name}, {value.Ref.Name}>";
        KeyHashing hashing = known.IsHashed ? HashingRules.Of(type.TypeArguments[0]) : KeyHashing.Default;
        _models[self.Name] = new DictionaryModel(self, key.Ref, value.Ref, known.Access, built, hashing)
        {
            Finish = known.Finish.Replace("{0}", Arguments(type)),
            IsSorted = known.BuiltAs == "SortedDictionary",
        };
        return new ResolvedType(self, $"map<{key.Schema}, {value.Schema}>");
    }

    private ResolvedType? Grouping(INamedTypeSymbol type, UsePath path)
    {
        if (Resolve(type.TypeArguments[0], path) is not { } key || Resolve(type.TypeArguments[1], path) is not { } element) return null;
        if (Resolve(SequenceOf(type), path) is not { } elements) return null;
        TypeRef self = Mention(type);
        _models[self.Name] = new GroupingModel(self, key.Ref, element.Ref, elements.Ref);
        return new ResolvedType(self, $"tuple<{key.Schema}, list<{element.Schema}>>");
    }

    private ResolvedType? Lookup(INamedTypeSymbol type, UsePath path)
    {
        ITypeSymbol group = SequenceOf(type).TypeArguments[0].WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        if (Resolve(type.TypeArguments[0], path) is not { } key || Resolve(group, path) is not { } grouping) return null;
        TypeRef self = Mention(type);
        string built = $"global::SourceGen.Rpc.CompilerServices.ReceivedLookup<{Arguments(type)}>";
        _models[self.Name] = new CollectionModel(
            self, grouping.Ref, CollectionAccess.Counted, built, HashingRules.Of(type.TypeArguments[0]))
        {
            Hashed = key.Ref,
        };
        return new ResolvedType(self, $"list<{grouping.Schema}>");
    }

    private static INamedTypeSymbol SequenceOf(INamedTypeSymbol type) =>
        (INamedTypeSymbol)type.Interfaces.First(static i => i.Arity == 1).WithNullableAnnotation(NullableAnnotation.NotAnnotated);

    private ResolvedType? MisplacedBuffer(UsePath path)
    {
        const string Place = "here it is part of another type, of a stream or of an error";
        _problems.Report(DiagnosticDescriptors.MisplacedBuffer, path.Location, path.ToString(), Place);
        return null;
    }

    private static string Arguments(ITypeSymbol type) =>
        type is INamedTypeSymbol named ? string.Join(", ", named.TypeArguments.Select(TypeNames.Canonical)) : "";

    private static string SchemaOf(IArrayTypeSymbol type, string element) => type.IsSZArray
        ? $"list<{element}>"
        : $"tuple<{string.Concat(Enumerable.Repeat("int32, ", type.Rank))}list<{element}>>";

    /// <summary>The schema of a generic type of the class library that is a type argument, whether it can be serialized or not.</summary>
    private static string SchemaOf(INamedTypeSymbol type, string[] arguments)
    {
        string joined = string.Join(", ", arguments);
        return type.Name switch
        {
            "PriorityQueue" => $"list<tuple<{joined}>>",
            "ILookup" => $"list<tuple<{arguments[0]}, list<{arguments[1]}>>>",
            "IGrouping" => $"tuple<{arguments[0]}, list<{arguments[1]}>>",
            _ => KnownCollections.Find(type) switch
            {
                null => $"tuple<{joined}>",
                { IsDictionary: true } => $"map<{joined}>",
                { NilTest.Length: > 0 } => $"list<{joined}>?",
                _ => $"list<{joined}>",
            },
        };
    }
}
