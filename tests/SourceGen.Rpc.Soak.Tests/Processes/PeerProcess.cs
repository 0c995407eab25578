using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using SourceGen.Rpc.Soak.Peer;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Soak.Tests.Processes;

/// <summary>The other process. It is gone when the test is, however either of them ends.</summary>
internal sealed partial class PeerProcess : IDisposable
{
    // The numbers of Linux on every processor that .NET runs on.
    private const int Stop = 19;
    private const int Continue = 18;
    private const int Terminate = 15;

    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    /// <summary>What it said when it was ready: a server's address.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Starts a server.</summary>
    /// <param name="address">Where it listens.</param>
    public static Task<PeerProcess> ServeAsync(string address) => StartAsync("server", address);

    /// <summary>Starts a client, which is busy in every way when this returns.</summary>
    /// <param name="address">The server.</param>
    public static Task<PeerProcess> CallAsync(string address) => StartAsync("client", address);

    /// <summary>Starts a server of a fleet, which is registered when this returns.</summary>
    /// <param name="registry">The registry's address.</param>
    public static Task<PeerProcess> JoinAsync(string registry) => StartAsync("member", registry);

    /// <summary>Asks it to stop, as supervisors do, and waits until it has.</summary>
    public async Task TerminateAsync()
    {
        Signal(Terminate);
        await _process.WaitForExitAsync().Soon();
        if (_process.ExitCode != 0) throw new InvalidOperationException($"It ended with {_process.ExitCode}; its error output says why.");
    }

    /// <summary>Ends it as a power cut would: no goodbye, no finally-block.</summary>
    public void Kill()
    {
        _process.Kill();
        if (!_process.WaitForExit(Waiting.Limit)) throw new TimeoutException("A process that was killed is still there.");
    }

    /// <summary>Keeps it from running; its connections stay open.</summary>
    public void Freeze() => Signal(Stop);

    /// <summary>Lets it run again.</summary>
    public void Thaw() => Signal(Continue);

    public void Dispose()
    {
        if (!_process.HasExited) Kill(); // Also of one that is frozen.
        _process.Dispose();
    }

    private static async Task<PeerProcess> StartAsync(string role, string address)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        ProcessStartInfo start = new(host, [typeof(IPeer).Assembly.Location, role, address])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        PeerProcess peer = new(Process.Start(start)!);
        try
        {
            peer.Said = await peer._process.StandardOutput.ReadLineAsync().Soon()
                ?? throw new InvalidOperationException($"The {role} process ended before it was ready; its error output says why.");
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    private void Signal(int number)
    {
        if (Send(_process.Id, number) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
