namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Finds out which methods of a client's contract can be called at a server whose contract differs, by the compatibility table of
/// docs/contract-schema.md.
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
        var types = new TypeComparison(client, server);
        return Array.ConvertAll(client.Methods, method =>
        {
            string fullName = $"{client.Service}/{method.Name}";
            if (!indexes.TryGetValue(method.Name, out int index))
            {
                return new MethodMatch(method.Name, -1, $"{serverName} has no method {fullName}; {ListMethods(server)}.");
            }

            string? difference = Compare(method, server.Methods[index], types, serverName);
            return new MethodMatch(method.Name, index, difference is null ? null : $"{fullName} differs: {difference}.");
        });
    }

    private static string? Compare(SchemaMethod client, SchemaMethod server, TypeComparison types, string serverName)
    {
        if ((client.Reply == SchemaReply.OneWay) != (server.Reply == SchemaReply.OneWay))
        {
            return client.Reply == SchemaReply.OneWay
                ? $"it is one-way here and sends a reply at {serverName}"
                : $"it expects a reply here and is one-way at {serverName}";
        }

        if (CompareStreams(client, server, serverName) is { } difference) return difference;

        // Without a result here nobody reads what the server sends; the other way round this side would read what is not there.
        if (client.Result is not null && server.Result is null)
        {
            return $"the result is {types.DescribeClient(client.Result)} here and there is none at {serverName}";
        }

        types.Begin(serverName);
        SchemaParameter[] ours = Array.FindAll(client.Parameters, static parameter => !parameter.IsStream);
        SchemaParameter[] theirs = Array.FindAll(server.Parameters, static parameter => !parameter.IsStream);
        int common = Math.Min(ours.Length, theirs.Length);
        for (int i = 0; i < common; i++)
        {
            types.Add(ours[i].Type, theirs[i].Type, $"parameter '{ours[i].Name}'");
        }

        foreach (SchemaParameter extra in theirs.AsSpan(common))
        {
            // A server fills in defaults for what it does not get, and ignores more than it knows.
            if (!extra.HasDefault)
            {
                return $"parameter '{TypeComparison.Shorten(extra.Name)}' is missing here, and {serverName} has no default for it";
            }
        }

        if (StreamOf(client) is { } stream) types.Add(stream.Type, StreamOf(server)!.Type, $"parameter '{stream.Name}'");
        // Declared errors are not compared: one that this side does not know, or cannot read, still arrives with its code and message.
        if (client.Result is not null) types.Add(client.Result, server.Result!, "the result");
        return types.FindDifference();
    }

    /// <summary>A stream has frames of its own, so both sides must know of it, wherever it stands among the parameters.</summary>
    private static string? CompareStreams(SchemaMethod client, SchemaMethod server, string serverName)
    {
        bool hereTaken = StreamOf(client) is not null, thereTaken = StreamOf(server) is not null;
        if (hereTaken != thereTaken)
        {
            return hereTaken ? $"it takes a stream here and none at {serverName}" : $"it takes no stream here and one at {serverName}";
        }

        bool hereGiven = client.Result?.Kind == SchemaKind.Stream, thereGiven = server.Result?.Kind == SchemaKind.Stream;
        if (hereGiven == thereGiven) return null;
        return hereGiven
            ? $"the result is a stream here and none at {serverName}"
            : $"the result is no stream here and one at {serverName}";
    }

    private static SchemaParameter? StreamOf(SchemaMethod method) => Array.Find(method.Parameters, static parameter => parameter.IsStream);

    private static string ListMethods(ContractSchema server)
    {
        if (server.Methods.Length == 0) return "it has none";
        string listed = string.Join(", ", server.Methods.Take(MaxListed).Select(method => TypeComparison.Shorten(method.Name)));
        int more = server.Methods.Length - MaxListed;
        return more > 0 ? $"it has: {listed} and {more} more" : $"it has: {listed}";
    }
}
