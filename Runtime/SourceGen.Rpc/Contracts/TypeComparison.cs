using System.Globalization;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Compares the types of two versions of a contract by structure. Types may refer to themselves, so a pair of objects that is being
/// compared counts as equal until a difference is found anywhere (the greatest fixed point).
/// </summary>
/// <param name="old">The older version; in a handshake the client's.</param>
/// <param name="new">The newer version; in a handshake the server's, from an untrusted peer.</param>
/// <param name="onlyRefusals">Whether only what refuses a call is looked for.</param>
/// <param name="valueTypes">The names of the new version's objects that are structs, so that nil is no value of them.</param>
internal sealed class TypeComparison(
    ContractSchema old, ContractSchema @new, bool onlyRefusals, ICollection<string>? valueTypes = null)
{
    /// <summary>How many pairs of types are compared for one contract: many times what real contracts need, and little time.</summary>
    public const int MaxComparisons = 1_000_000;

    /// <summary>How many differences of types are listed. Contracts that differ in more have nothing to do with each other.</summary>
    private const int MaxDifferences = 10_000;

    private const int MaxDescription = 100;

    private static readonly char[] Digits = [.. "0123456789"];

    // A queue instead of recursion: a peer may send a chain of types as long as its schema. It also finds the nearest difference first.
    private readonly Queue<Pair> _pending = new();
    private readonly Queue<ContractFinding> _found = new();
    private readonly HashSet<(string Old, string New, ContractUsage Usage)> _assumed = [];
    private readonly HashSet<(string Old, string New, ContractUsage Usage)> _proven = [];
    private int _compared;
    private int _differences;

    /// <summary>A name cut to a length that suits a message.</summary>
    public static string Shorten(string text) => text.Length <= MaxDescription ? text : text.Substring(0, MaxDescription) + "...";

    /// <summary>Forgets what was assumed of another method's types, as it may be wrong.</summary>
    public void Begin()
    {
        _pending.Clear();
        _found.Clear();
        _assumed.Clear();
    }

    /// <summary>Adds a pair of types to compare.</summary>
    public void Add(SchemaType before, SchemaType after, ContractPlace place, ContractUsage usage) =>
        Enqueue(new Pair(before, after, place, usage));

    /// <summary>Compares what was added, up to the next difference.</summary>
    /// <returns>The difference; null when there is no further one.</returns>
    public ContractFinding? Next()
    {
        while (_found.Count == 0 && _pending.Count > 0)
        {
            Pair pair = _pending.Dequeue();
            if (_compared > MaxComparisons || _differences > MaxDifferences)
            {
                _pending.Clear();
                return new ContractFinding(ContractDifferenceKind.NotCompared, pair.Place);
            }

            Compare(pair);
        }

        if (_found.Count > 0)
        {
            _differences++;
            return _found.Dequeue();
        }

        // No difference anywhere, so everything that was assumed on the way is true.
        _proven.UnionWith(_assumed);
        return null;
    }

    /// <summary>One of the old version's types as a message names it.</summary>
    public string DescribeOld(SchemaType type) => Describe(type, old);

    private static bool IsInteger(SchemaType type, ContractSchema schema) =>
        type.Kind == SchemaKind.Integer || (type.Kind == SchemaKind.Named && schema.Types[type.Name] is SchemaEnum);

    private static string Describe(SchemaType type, ContractSchema schema)
    {
        if (type.Kind == SchemaKind.Opaque) return $"the custom format {Shorten(type.Name)}";
        if (type.Kind != SchemaKind.Named) return Shorten(type.ToString());
        string name = Shorten(type.Name);
        return schema.Types[type.Name] switch
        {
            SchemaEnum => $"the enum {name}",
            SchemaUnion => $"the union {name}",
            SchemaObject { IsArray: true } => $"the object {name}, an array with keys by number",
            _ => $"the object {name}, a map with keys by name",
        };
    }

    private void Compare(Pair pair)
    {
        (SchemaType before, SchemaType after, _, _) = pair;
        if (IsInteger(before, old) && IsInteger(after, @new))
        {
            if (!onlyRefusals) CompareIntegers(pair);
        }
        else if (before.Kind != after.Kind || (before.Kind == SchemaKind.Tuple && before.Arguments.Length != after.Arguments.Length))
        {
            Differ(ContractDifferenceKind.TypeChanged, pair);
            return;
        }
        else
        {
            CompareSameKind(pair);
        }

        if (!onlyRefusals && before.IsNullable != after.IsNullable) CompareNullability(pair);
    }

    private void CompareSameKind(Pair pair)
    {
        switch (pair.Before.Kind)
        {
            case SchemaKind.List:
                AddPart(pair, 0, "element");
                break;
            case SchemaKind.Stream:
                AddPart(pair, 0, "item");
                break;
            case SchemaKind.Map:
                AddPart(pair, 0, "key");
                AddPart(pair, 1, "value");
                break;
            case SchemaKind.Tuple:
                for (int i = 0; i < pair.Before.Arguments.Length; i++)
                    AddPart(pair, i, string.Format(CultureInfo.InvariantCulture, "item {0}", i + 1));
                break;
            case SchemaKind.Float when !onlyRefusals && pair.Before.Name != pair.After.Name:
                bool isWider = Bits(pair.After.Name) > Bits(pair.Before.Name);
                Report(
                    isWider ? ContractDifferenceKind.NumberWidened : ContractDifferenceKind.NumberNarrowed, pair,
                    isWider ? ContractEffect.None : ContractEffect.Lost, isWider ? ContractEffect.Lost : ContractEffect.None);
                break;
            case SchemaKind.Opaque when pair.Before.Name != pair.After.Name:
                Differ(ContractDifferenceKind.TypeChanged, pair);
                break;
            case SchemaKind.Named when old.Types[pair.Before.Name] is SchemaUnion ours && @new.Types[pair.After.Name] is SchemaUnion theirs:
                CompareUnions(pair, ours, theirs);
                break;
            case SchemaKind.Named:
                CompareNamed(pair);
                break;
        }
    }

    private void AddPart(Pair pair, int index, string what) => Enqueue(pair with
    {
        Before = pair.Before.Arguments[index],
        After = pair.After.Arguments[index],
        Place = new ContractPlace(pair.Place, what),
    });

    private void CompareNamed(Pair pair)
    {
        if (old.Types[pair.Before.Name] is not SchemaObject ours || @new.Types[pair.After.Name] is not SchemaObject theirs)
        {
            Differ(ContractDifferenceKind.TypeChanged, pair);
            return;
        }

        if (ours.IsArray != theirs.IsArray)
        {
            Differ(ContractDifferenceKind.LayoutChanged, pair);
            return;
        }

        if (!Assume(ours.Name, theirs.Name, pair.Usage)) return;
        if (!onlyRefusals) CompareNames(pair);
        foreach (SchemaMember member in ours.Members)
        {
            // Members that only one side knows are skipped by the other.
            if (theirs.Find(member.Key) is { } same)
            {
                ContractPlace place = To(pair, theirs, member);
                Enqueue(new Pair(member.Type, same.Type, place, pair.Usage));
                if (member.Name != same.Name && member.Name is not null && same.Name is not null)
                    ReportNames(pair with { Place = place }, ours, theirs, member.Name, same.Name);
            }
            else if (!onlyRefusals)
            {
                ReportRemoved(pair, ours, theirs, member);
            }
        }

        if (onlyRefusals) return;
        foreach (SchemaMember member in theirs.Members)
        {
            _compared++;
            if (ours.Find(member.Key) is null)
                Report(ContractDifferenceKind.MemberAdded, To(pair, theirs, member), pair.Usage, after: member.Type.ToString());
        }
    }

    private void CompareUnions(Pair pair, SchemaUnion ours, SchemaUnion theirs)
    {
        if (!Assume(ours.Name, theirs.Name, pair.Usage)) return;
        if (ours.Cases.Length > 0 && theirs.Cases.Length > 0 && !Array.Exists(ours.Cases, @case => theirs.Find(@case.Tag) is not null))
        {
            Differ(ContractDifferenceKind.TypeChanged, pair);
            return;
        }

        if (!onlyRefusals)
        {
            CompareNames(pair);
            new UnionComparison(ours, theirs, pair.Place, pair.Usage).AddTo(_found);
        }

        // What only one side lists is an error, or a fallback, when a value of it comes.
        foreach (SchemaCase @case in ours.Cases)
        {
            if (theirs.Find(@case.Tag) is { } same)
                Enqueue(pair with { Before = @case.Type, After = same.Type, Place = UnionComparison.To(pair.Place, theirs, @case) });
        }
    }

    /// <summary>An index with another name: renamed, unless one of the names is known under another index.</summary>
    private void ReportNames(Pair pair, SchemaObject ours, SchemaObject theirs, string before, string after)
    {
        bool isMoved = Array.Exists(theirs.Members, member => member.Name == before)
            || Array.Exists(ours.Members, member => member.Name == after);
        ContractEffect effect = isMoved ? ContractEffect.Misread : ContractEffect.None;
        Report(isMoved ? ContractDifferenceKind.MemberMoved : ContractDifferenceKind.MemberRenamed, pair, effect, effect, before, after);
    }

    private void ReportRemoved(Pair pair, SchemaObject ours, SchemaObject theirs, SchemaMember member)
    {
        SchemaMember? successor = ours.IsArray
            ? null
            : Array.Find(theirs.Members, other => ours.Find(other.Key) is null && other.Type.ToString() == member.Type.ToString());
        _found.Enqueue(new ContractFinding(ContractDifferenceKind.MemberRemoved, To(pair, theirs, member))
        {
            Usage = pair.Usage,
            Old = member.Type.ToString(),
            Successor = successor?.Key,
        });
    }

    private void CompareIntegers(Pair pair)
    {
        SchemaEnum? before = EnumOf(pair.Before, old), after = EnumOf(pair.After, @new);
        string oldWord = before?.Underlying ?? pair.Before.Name, newWord = after?.Underlying ?? pair.After.Name;
        bool readsOld = Holds(newWord, oldWord), readsNew = Holds(oldWord, newWord);
        if (!readsOld || !readsNew)
        {
            Report(
                readsOld ? ContractDifferenceKind.NumberWidened : ContractDifferenceKind.NumberNarrowed, pair,
                readsOld ? ContractEffect.None : ContractEffect.Fails, readsNew ? ContractEffect.None : ContractEffect.Fails,
                oldWord, newWord);
        }

        if (before is null && after is null) return;
        if (!Assume(pair.Before.Name, pair.After.Name, pair.Usage)) return;
        CompareNames(pair);
        if (before is not null && after is not null) new EnumComparison(before, after, pair.Place, pair.Usage).AddTo(_found);
    }

    private static SchemaEnum? EnumOf(SchemaType type, ContractSchema schema) =>
        type.Kind == SchemaKind.Named ? (SchemaEnum)schema.Types[type.Name] : null;

    /// <summary>Whether an integer type holds every value of another. Its word tells sign and bits.</summary>
    private static bool Holds(string wide, string narrow)
    {
        int wideBits = Bits(wide), narrowBits = Bits(narrow);
        return (wide[0] == 'u') == (narrow[0] == 'u') ? wideBits >= narrowBits : narrow[0] == 'u' && wideBits > narrowBits;
    }

    /// <summary>The digits that end a number's word.</summary>
    private static int Bits(string word) => int.Parse(word.Substring(word.IndexOfAny(Digits)), CultureInfo.InvariantCulture);

    private void CompareNames(Pair pair)
    {
        if (pair.Before.Kind == pair.After.Kind && pair.Before.Name == pair.After.Name) return;
        Report(ContractDifferenceKind.TypeRenamed, pair, ContractEffect.None, ContractEffect.None);
    }

    /// <summary>
    /// Nil is null for every reference type, whatever its annotation says, and an error for a value; in an array of members it means that
    /// the member is missing.
    /// </summary>
    private void CompareNullability(Pair pair)
    {
        bool isReference = pair.After.Kind switch
        {
            SchemaKind.String or SchemaKind.Bytes or SchemaKind.Uri or SchemaKind.Version or SchemaKind.List or SchemaKind.Map => true,
            SchemaKind.Named => @new.Types[pair.After.Name] is not SchemaEnum && valueTypes?.Contains(pair.After.Name) != true,
            _ => false,
        };
        ContractEffect ofNil = isReference ? ContractEffect.Unexpected : pair.Place.IsSlot ? ContractEffect.Lost : ContractEffect.Fails;
        bool isAdded = pair.After.IsNullable;
        Report(
            isAdded ? ContractDifferenceKind.NullableAdded : ContractDifferenceKind.NullableRemoved, pair,
            isAdded ? ContractEffect.None : ofNil, isAdded ? ofNil : ContractEffect.None,
            pair.Before.ToString(), pair.After.ToString());
    }

    private static ContractPlace To(Pair pair, SchemaObject owner, SchemaMember member) =>
        new(pair.Place, $"member '{Shorten(member.Key)}'") { Owner = owner.Name, Member = member.Key, IsSlot = owner.IsArray };

    private bool Assume(string before, string after, ContractUsage usage) =>
        !_proven.Contains((before, after, usage)) && _assumed.Add((before, after, usage));

    private void Enqueue(Pair pair)
    {
        // Counted here, so that the queue is bounded too: beyond the limit the comparison ends with its next step.
        if (++_compared <= MaxComparisons || _pending.Count == 0) _pending.Enqueue(pair);
    }

    private void Differ(ContractDifferenceKind kind, Pair pair) =>
        Report(kind, pair, ContractEffect.Refused, ContractEffect.Refused, Describe(pair.Before, old), Describe(pair.After, @new));

    private void Report(
        ContractDifferenceKind kind, Pair pair, ContractEffect backward, ContractEffect forward, string? before = null,
        string? after = null) =>
        _found.Enqueue(new ContractFinding(kind, pair.Place)
        {
            Usage = pair.Usage,
            Backward = backward,
            Forward = forward,
            Old = before ?? Describe(pair.Before, old),
            New = after ?? Describe(pair.After, @new),
        });

    private void Report(ContractDifferenceKind kind, ContractPlace place, ContractUsage usage, string after) =>
        _found.Enqueue(new ContractFinding(kind, place) { Usage = usage, New = after });

    private readonly record struct Pair(SchemaType Before, SchemaType After, ContractPlace Place, ContractUsage Usage);
}
