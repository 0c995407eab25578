using Quickstart;

// `server [ADDRESS]` and `client ADDRESS [PATH...]` are the two halves; anything else is a list of paths for both together.
return args switch
{
    ["server"] => await ServerHalf.RunAsync("tcp://127.0.0.1:5177"),
    ["server", ServerProcess.UntilInputEnds] => await ServerHalf.RunUntilInputEndsAsync(),
    ["server", string address] => await ServerHalf.RunAsync(address),
    ["client", string address, .. string[] paths] => await ClientHalf.RunAsync(address, paths),
    ["client"] or ["--help"] or ["-h"] => Usage(),
    _ => await BothAsync(args),
};

static async Task<int> BothAsync(string[] paths)
{
    await using ServerProcess server = await ServerProcess.StartAsync();
    return await ClientHalf.RunAsync(server.Address, paths);
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        Counts the words of text files in another process.

          dotnet run --project samples/Quickstart                              server and client; the repository's own documents
          dotnet run --project samples/Quickstart -- PATH...                   server and client; these files and directories
          dotnet run --project samples/Quickstart -- server [ADDRESS]          the server alone, until Ctrl+C (tcp://127.0.0.1:5177)
          dotnet run --project samples/Quickstart -- client ADDRESS [PATH...]  the client alone
        """);
    return 2;
}
