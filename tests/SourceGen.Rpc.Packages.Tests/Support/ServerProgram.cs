using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>A running server of the template, which listens at a free port and ends with the test.</summary>
internal sealed partial class ServerProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProgram(Process process) => _process = process;

    public string Address { get; private set; } = "";

    public static async Task<ServerProgram> StartAsync(string[] command)
    {
        ServerProgram server = new(Program.Start(command[0], [.. command[1..], "--Rpc:Server:Addresses:0=tcp://127.0.0.1:0"]));
        try
        {
            while (server.Address.Length == 0)
            {
                string? line = await server._process.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
                if (line is null)
                {
                    Assert.Fail($"The server has ended:\n{server._output}{await server._process.StandardError.ReadToEndAsync()}");
                }

                server._output.AppendLine(line);
                server.Address = Listening().Match(line).Groups["address"].Value;
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the server to end, as a service manager does, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await Task.WhenAll(_process.StandardOutput.ReadToEndAsync(), _process.WaitForExitAsync()).WaitAsync(Patience.Limit);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        return default;
    }

    [GeneratedRegex("Listening at (?<address>tcp://127\\.0\\.0\\.1:[0-9]+)")]
    private static partial Regex Listening();
}
