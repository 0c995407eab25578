using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace SourceGen.Rpc.Load;

/// <summary>The server process, seen from its parent.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process)
    {
        _process = process;
        Addresses = ServerAddresses.Parse(ReadLine());
    }

    public ServerAddresses Addresses { get; }

    public int Id => _process.Id;

    /// <summary>Starts this program once more, as the server.</summary>
    /// <exception cref="LoadException">It ended before it listened; what it wrote to its error output is on this process's.</exception>
    public static ServerProcess Start()
    {
        string program = typeof(ServerProcess).Assembly.Location;
        bool hasOwnHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == Path.GetFileNameWithoutExtension(program);
        var start = new ProcessStartInfo(hasOwnHost ? Environment.ProcessPath! : DotnetHost())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (!hasOwnHost) start.ArgumentList.Add(program);
        start.ArgumentList.Add(ServerHost.Argument);
        Process process = Process.Start(start) ?? throw new LoadException($"{start.FileName} did not start.");
        try
        {
            return new ServerProcess(process);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Starts the HTTP baseline in the server process, unless it was before.</summary>
    /// <returns>Where it listens, or null in a build without ASP.NET.</returns>
    public string? StartHttp()
    {
        Send(ServerHost.StartHttp);
        return ReadLine() is { Length: > 0 } address ? address : null;
    }

    /// <summary>Reads the server's counters.</summary>
    public ProcessCounters ReadCounters()
    {
        Send(ServerHost.Ask);
        Span<byte> answer = stackalloc byte[ProcessCounters.Size];
        Read(answer);
        return ProcessCounters.Parse(answer);
    }

    /// <summary>Ends the process and waits until it has ended.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(LoadLimits.Drain)) _process.Kill();
        _process.Dispose();
    }

    // The runtime's directory is shared/Microsoft.NETCore.App/<version> under that of the host that loaded it.
    private static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
    }

    private void Send(byte command)
    {
        Stream commands = _process.StandardInput.BaseStream;
        commands.Write([command]);
        commands.Flush();
    }

    private string ReadLine()
    {
        Span<byte> next = stackalloc byte[1];
        var line = new StringBuilder();
        for (Read(next); next[0] != '\n'; Read(next)) line.Append((char)next[0]);
        return line.ToString();
    }

    // Past the StreamReader, which would read ahead what is not text.
    private void Read(Span<byte> bytes)
    {
        try
        {
            _process.StandardOutput.BaseStream.ReadExactly(bytes);
        }
        catch (EndOfStreamException e)
        {
            throw new LoadException("The server process has ended. Its error output, above, says why.", e);
        }
    }
}
