namespace SourceGen.Rpc.Load;

/// <summary>
/// The server process. It says where it listens, then answers one line with one line until its input ends. The input is a pipe from the
/// parent, so that it also ends when the parent dies, however it dies.
/// </summary>
internal static class ServerHost
{
    /// <summary>The argument that makes this program the server.</summary>
    public const string Argument = "--server-process";

    /// <summary>Asks for a full garbage collection and then the counters.</summary>
    public const string Begin = "begin";

    /// <summary>Asks for the counters.</summary>
    public const string End = "end";

    public static int Run(TextReader input, TextWriter output)
    {
        using var rawAsync = new RawAsyncServer();
        using var rawPolled = new RawPolledServer();
        using RpcWorkloadServer? rpc = RpcWorkloadServer.Start(lowLatency: false);
        using RpcWorkloadServer? lowLatencyRpc = RpcWorkloadServer.Start(lowLatency: true);
        Answer(new ServerAddresses(rawAsync.EndPoint, rawPolled.EndPoint, rpc?.Address, lowLatencyRpc?.Address).ToString());
        while (input.ReadLine() is { } command)
        {
            // The rounds before leave nothing behind for this one to collect.
            if (command == Begin) GC.Collect();
            Answer(command is Begin or End ? ProcessCounters.Read().ToString() : $"'{command}' is not a command.");
        }

        return 0;

        void Answer(string line)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
