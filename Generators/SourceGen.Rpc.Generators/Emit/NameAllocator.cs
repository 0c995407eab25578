namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Hands out C# names within one scope, each once: a name that is taken gets a number.</summary>
internal sealed class NameAllocator(IEnumerable<string> reserved)
{
    /// <summary>Names that every class and struct inherits; a member of that name would hide them with a warning.</summary>
    public static readonly string[] ObjectMembers =
        ["Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    private readonly HashSet<string> _taken = new(reserved, StringComparer.Ordinal);

    /// <summary>Takes a name like <paramref name="wanted"/>; characters that no identifier has become underscores. Not escaped.</summary>
    public string Take(string wanted)
    {
        string name = new([.. wanted.Select(static c => char.IsLetterOrDigit(c) ? c : '_')]);
        if (name.Length == 0 || char.IsDigit(name[0])) name = "_" + name;
        string candidate = name;
        for (int i = 2; !_taken.Add(candidate); i++) candidate = name + i;
        return candidate;
    }

    /// <summary>The name with a small first letter.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>The name with a capital first letter.</summary>
    public static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
