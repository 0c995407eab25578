namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>A change of a contract: what the comparison has to say about it, and what really happens.</summary>
/// <param name="Name">What changes.</param>
/// <param name="Old">The contract before.</param>
/// <param name="New">The contract after.</param>
/// <param name="OldClient">
/// What an old client sees at a new server; behind <c>!</c> the code of the error that it gets, and words of its message.
/// </param>
/// <param name="OldServer">What a new client sees at an old server.</param>
/// <param name="Changes">The differences that have to be found, and no others.</param>
public sealed record ChangeCase(
    string Name, ContractVersion Old, ContractVersion New, string OldClient, string OldServer, Change[] Changes)
{
    /// <summary>Whether the server writes the value that changed; otherwise the client does.</summary>
    public bool IsResult { get; init; }

    /// <summary>Whether it shows in the lock only: the schema does not tell structs from classes, versions or added services.</summary>
    public bool IsOfLockOnly { get; init; }

    /// <summary>A parameter whose type changes.</summary>
    public static ChangeCase Parameter(
        string name, (string Type, string Value) old, (string Type, string Value) @new, string oldClient, string oldServer,
        Change[] changes, string oldTypes = "", string newTypes = "") => new(
            name, OfParameter(old.Type, old.Value, oldTypes), OfParameter(@new.Type, @new.Value, newTypes), oldClient, oldServer, changes);

    /// <summary>A result whose type changes.</summary>
    public static ChangeCase Result(
        string name, (string Type, string Value) old, (string Type, string Value) @new, string oldClient, string oldServer,
        Change[] changes, string oldTypes = "", string newTypes = "") =>
        new(name, OfResult(old.Type, old.Value, oldTypes), OfResult(@new.Type, @new.Value, newTypes), oldClient, oldServer, changes)
        {
            IsResult = true,
        };

    private static ContractVersion OfParameter(string type, string value, string types) =>
        ContractVersion.Method($"ValueTask<string> M({type} v)", "new(Show.Text(v))", $"await s.M({value})", types);

    private static ContractVersion OfResult(string type, string value, string types) =>
        ContractVersion.Method($"ValueTask<{type}> M()", $"ValueTask.FromResult<{type}>({value})", "await s.M()", types);

    public override string ToString() => Name;
}
