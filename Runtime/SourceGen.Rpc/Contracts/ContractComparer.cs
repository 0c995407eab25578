namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Finds out which methods of a client's contract can be called at a server whose contract differs: those of which the comparison finds
/// nothing that refuses a client of the one version at a server of the other.
/// </summary>
internal static class ContractComparer
{
    private const int MaxListed = 20;

    /// <summary>Compares two contracts of the same service.</summary>
    /// <param name="client">This side's contract.</param>
    /// <param name="server">The server's contract, from an untrusted peer.</param>
    /// <param name="serverName">What messages call the server: <c>the server at tcp://127.0.0.1:5000</c>.</param>
    /// <returns>One entry for each method of the client, in its order.</returns>
    public static MethodMatch[] Compare(ContractSchema client, ContractSchema server, string serverName = "the server")
    {
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < server.Methods.Length; i++) indexes.Add(server.Methods[i].Name, i);
        var types = new TypeComparison(client, server, onlyRefusals: true);
        return Array.ConvertAll(client.Methods, method =>
        {
            string fullName = $"{client.Service}/{method.Name}";
            if (!indexes.TryGetValue(method.Name, out int index))
            {
                return new MethodMatch(method.Name, -1, $"{serverName} has no method {fullName}; {ListMethods(server)}.");
            }

            var methods = new MethodComparison(method, server.Methods[index], types, client, server);
            ContractFinding? refusal = methods.Shape().FirstOrDefault(static finding => finding.IsRefused);
            if (refusal is null)
            {
                types.Begin();
                methods.AddTypes();
                refusal = types.Next();
            }

            return new MethodMatch(
                method.Name, index, refusal is null ? null : $"{fullName} differs: {Describe(refusal, method, serverName)}.");
        });
    }

    /// <summary>A difference as someone sees it who is at the one side, and has the other one somewhere else.</summary>
    private static string Describe(ContractFinding finding, SchemaMethod here, string serverName) => finding.Kind switch
    {
        ContractDifferenceKind.OneWayChanged => here.Reply == SchemaReply.OneWay
            ? $"it is one-way here and sends a reply at {serverName}"
            : $"it expects a reply here and is one-way at {serverName}",
        ContractDifferenceKind.ParameterStreamChanged => finding.Old.Length > 0
            ? $"it takes a stream here and none at {serverName}"
            : $"it takes no stream here and one at {serverName}",
        ContractDifferenceKind.ResultStreamChanged => here.Result?.Kind == SchemaKind.Stream
            ? $"the result is a stream here and none at {serverName}"
            : $"the result is no stream here and one at {serverName}",
        ContractDifferenceKind.ResultRemoved => $"the result is {finding.Old} here and there is none at {serverName}",
        ContractDifferenceKind.ParameterAdded => $"{finding.Place} is missing here, and {serverName} has no default for it",
        ContractDifferenceKind.NotCompared =>
            $"the contracts are too large to be compared ({TypeComparison.MaxComparisons} pairs of types)",
        _ => $"{finding.Place} is {finding.Old} here and {finding.New} at {serverName}",
    };

    private static string ListMethods(ContractSchema server)
    {
        if (server.Methods.Length == 0) return "it has none";
        string listed = string.Join(", ", server.Methods.Take(MaxListed).Select(method => TypeComparison.Shorten(method.Name)));
        int more = server.Methods.Length - MaxListed;
        return more > 0 ? $"it has: {listed} and {more} more" : $"it has: {listed}";
    }
}
