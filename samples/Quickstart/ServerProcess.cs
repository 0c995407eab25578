using System.Diagnostics;

namespace Quickstart;

/// <summary>This program, started a second time as the server. It ends with this process, however this one ends.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>The server half's argument that names a registry, and ties its life to its standard input.</summary>
    public const string Registered = "--registered";

    private const string Listening = "listening at ";
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _forwarding;

    private ServerProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        _forwarding = ForwardAsync(process.StandardOutput);
    }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(string registry)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // `dotnet Quickstart.dll` runs in the process of dotnet, which must be told the assembly again.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add("server");
        start.ArgumentList.Add(Registered);
        start.ArgumentList.Add(registry);
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        if (line?.StartsWith(Listening, StringComparison.Ordinal) == true)
        {
            Console.WriteLine($"Server: process {process.Id}, {line}");
            return new ServerProcess(process);
        }

        process.Kill();
        process.Dispose();
        throw new InvalidOperationException($"The server process ended before it listened{(line is null ? "" : $": {line}")}.");
    }

    /// <summary>Kills it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _forwarding;
        _process.Dispose();
    }

    /// <summary>Asks it to stop, by ending its input, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource timeout = new(s_stopTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"The server did not stop within {s_stopTimeout.TotalSeconds} s; it is killed.");
            _process.Kill();
        }

        await _forwarding;
        _process.Dispose();
    }

    private static async Task ForwardAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line) Console.WriteLine($"Server: {line}");
    }
}
