using System.Diagnostics;

namespace Orders;

/// <summary>This program, started once more in one of its roles. It ends with this process, however this one ends.</summary>
internal sealed class Participant : IAsyncDisposable
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Task _forwarding;

    private Participant(string name, Process process, Action<string>? heard)
    {
        _process = process;
        _forwarding = ForwardAsync(name, process.StandardOutput, heard);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="role">What it is.</param>
    /// <param name="name">What its lines begin with.</param>
    /// <param name="registry">Its registry.</param>
    /// <param name="broker">Its broker.</param>
    /// <param name="heard">Learns of each of its lines.</param>
    /// <exception cref="InvalidOperationException">It could not start; it has said why.</exception>
    public static async Task<Participant> StartAsync(string role, string name, string registry, string broker, Action<string>? heard = null)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // `dotnet Orders.dll` runs in the process of dotnet, which must be told the assembly again.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (string argument in (string[])[Program.RoleArgument, role, registry, broker]) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() == Role.Ready) return new Participant(name, process, heard);
        await process.WaitForExitAsync();
        process.Dispose();
        throw new InvalidOperationException($"{name} did not start.");
    }

    /// <summary>Asks it to stop, by ending its input, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(s_stopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
        {
            Console.Error.WriteLine($"A process did not stop within {s_stopTimeout.TotalSeconds} s; it is killed.");
            _process.Kill();
        }

        await _forwarding;
        _process.Dispose();
    }

    private static async Task ForwardAsync(string name, StreamReader output, Action<string>? heard)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            Console.WriteLine($"{name,-10} {line}");
            heard?.Invoke(line);
        }
    }
}
