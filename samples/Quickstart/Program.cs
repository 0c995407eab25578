using Quickstart;

// `server [ADDRESS]` and `client ADDRESS [PATH...]` are the two halves; anything else is a list of paths for a client and three servers.
return args switch
{
    ["server"] => await ServerHalf.RunAsync("tcp://127.0.0.1:5177"),
    ["server", ServerProcess.Registered, string registry] => await ServerHalf.RunRegisteredAsync(registry),
    ["server", string address] => await ServerHalf.RunAsync(address),
    ["client", string address, .. string[] paths] => await ClientHalf.RunAsync(address, paths),
    ["client"] or ["--help"] or ["-h"] => Usage(),
    _ => await FleetAsync(args),
};

static async Task<int> FleetAsync(string[] paths)
{
    // Where servers and client find each other: a directory that no other run uses.
    using RegistryDirectory registry = new();
    await using ServerFleet servers = await ServerFleet.StartAsync(registry.Address, count: 3);
    return await ClientHalf.RunAsync(registry.Address, servers, paths);
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        Counts the words of text files in other processes.

          dotnet run --project samples/Quickstart                              three servers and a client; the repository's own documents
          dotnet run --project samples/Quickstart -- PATH...                   three servers and a client; these files and directories
          dotnet run --project samples/Quickstart -- server [ADDRESS]          one server alone, until Ctrl+C (tcp://127.0.0.1:5177)
          dotnet run --project samples/Quickstart -- client ADDRESS [PATH...]  the client alone
        """);
    return 2;
}
