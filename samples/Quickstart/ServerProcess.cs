using System.Diagnostics;

namespace Quickstart;

/// <summary>This program, started a second time as the server. It ends with this process, however this one ends.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>The server half's argument that ties its life to its standard input.</summary>
    public const string UntilInputEnds = "--until-input-ends";

    private const string Listening = "listening at ";
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _forwarding;

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Address = address;
        _forwarding = ForwardAsync(process.StandardOutput);
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // `dotnet Quickstart.dll` runs in the process of dotnet, which must be told the assembly again.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add("server");
        start.ArgumentList.Add(UntilInputEnds);
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        if (line?.StartsWith(Listening, StringComparison.Ordinal) == true)
        {
            Console.WriteLine($"Server: process {process.Id}, {line}");
            return new ServerProcess(process, line[Listening.Length..]);
        }

        process.Kill();
        process.Dispose();
        throw new InvalidOperationException($"The server process ended before it listened{(line is null ? "" : $": {line}")}.");
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
