using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Finds types whose values can only be infinite: each must hold another one, because a member that has to be given is neither nullable
/// nor a collection. A union is finite if one of its cases is.
/// </summary>
internal sealed class FinitenessRules(ProblemSink problems)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds an object with what its every value holds.</summary>
    public void AddObject(TypeRef self, INamedTypeSymbol type, UsePath path, IEnumerable<(string Member, TypeRef Type)> held) =>
        _entries[self.Method] = new Entry(type, path, [.. held.Select(static h => (h.Member, h.Type.Method))], IsUnion: false);

    /// <summary>Adds a union, whose every value is one of its cases.</summary>
    public void AddUnion(UnionModel union, INamedTypeSymbol type, UsePath path)
    {
        if (union.Fallback is null)
            _entries[union.Ref.Method] = new Entry(type, path, [.. union.Cases.Select(static c => ("", c.Type.Method))], IsUnion: true);
    }

    /// <summary>Reports the types that hold themselves without end, each once.</summary>
    public void Check()
    {
        // What is not in the table is finite; the rest is infinite until a value is found that ends.
        HashSet<string> infinite = new(_entries.Keys, StringComparer.Ordinal);
        bool found = true;
        while (found)
        {
            string[] finite = [.. infinite.Where(name => IsFinite(_entries[name], infinite))];
            found = finite.Length > 0;
            infinite.ExceptWith(finite);
        }

        HashSet<string> reported = new(StringComparer.Ordinal);
        foreach (string name in infinite.OrderBy(static n => n, StringComparer.Ordinal))
        {
            if (_entries[name].IsUnion || reported.Contains(name) || WayBack(name, infinite) is not { } way) continue;
            reported.UnionWith(way);
            Entry entry = _entries[name];
            problems.Report(
                DiagnosticDescriptors.InfiniteType, entry.Path.At(entry.Type).Location, entry.Path.ToString(), entry.Type.Name,
                string.Join(" and ", Steps(way, infinite)));
        }
    }

    private static bool IsFinite(Entry entry, HashSet<string> infinite) => entry.IsUnion
        ? entry.Held.Any(h => !infinite.Contains(h.Type))
        : entry.Held.All(h => !infinite.Contains(h.Type));

    /// <summary>The shortest way from a type to itself, through types that are infinite.</summary>
    private List<string>? WayBack(string start, HashSet<string> infinite)
    {
        Queue<List<string>> ways = new([[start]]);
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (ways.Count > 0)
        {
            List<string> way = ways.Dequeue();
            foreach ((_, string next) in _entries[way[way.Count - 1]].Held)
            {
                if (next == start) return way;
                if (infinite.Contains(next) && seen.Add(next)) ways.Enqueue([.. way, next]);
            }
        }

        return null;
    }

    private IEnumerable<string> Steps(List<string> way, HashSet<string> infinite)
    {
        for (int i = 0; i < way.Count; i++)
        {
            Entry entry = _entries[way[i]];
            if (entry.IsUnion) continue;
            string next = way[(i + 1) % way.Count];
            yield return $"{entry.Type.Name}.{entry.Held.First(h => h.Type == next && infinite.Contains(h.Type)).Member}";
        }
    }

    private sealed record Entry(INamedTypeSymbol Type, UsePath Path, (string Member, string Type)[] Held, bool IsUnion);
}
