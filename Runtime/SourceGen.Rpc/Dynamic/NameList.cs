namespace SourceGen.Rpc.Dynamic;

/// <summary>Names in messages, from peers and users who may have given long ones or many.</summary>
internal static class NameList
{
    private const int MaxNames = 20;
    private const int MaxLength = 100;

    /// <summary>A name cut to a length that suits a message.</summary>
    public static string Shorten(string name) => name.Length <= MaxLength ? name : name[..MaxLength] + "...";

    /// <summary>The names one after the other; <c>none</c> when there is none.</summary>
    public static string Of(IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (all.Length == 0) return "none";
        string listed = string.Join(", ", all.Take(MaxNames).Select(Shorten));
        return all.Length > MaxNames ? $"{listed} and {all.Length - MaxNames} more" : listed;
    }
}
