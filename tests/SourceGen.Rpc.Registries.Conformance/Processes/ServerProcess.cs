using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// A real server that a test starts, kills and starts again. It ends with the process of the tests, also when that is killed: a shell
/// beside it waits for the end of a pipe that only this process holds, and then kills it.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_exitWithin = TimeSpan.FromSeconds(20);

    private readonly ServerStart _start;
    private readonly ServerOutput _output = new();
    private Process? _process;
    private Process? _guard;

    private ServerProcess(ServerStart start) => _start = start;

    /// <summary>Its process id; 0 while it does not run.</summary>
    public int Id => _process is { HasExited: false } process ? process.Id : 0;

    /// <summary>The last lines it wrote.</summary>
    public string Output => _output.ToString();

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="start">How.</param>
    public static async Task<ServerProcess> StartAsync(ServerStart start)
    {
        ServerProcess server = new(start);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Whether something listens at a port of the loopback interface: a check for <see cref="ServerStart.IsReady"/>.</summary>
    /// <param name="port">The port.</param>
    public static Func<CancellationToken, Task<bool>> Listens(int port) => async cancellationToken =>
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        return true;
    };

    /// <summary>Starts it, after it was killed or stopped, and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        if (Id != 0) throw new InvalidOperationException($"{_start.Program} runs already.");
        _output.Clear();
        Launch();
        try
        {
            await WaitUntilReadyAsync();
        }
        catch
        {
            await KillAsync();
            throw;
        }
    }

    /// <summary>Kills it, as by <c>kill -9</c>, with all that it started, and waits for its end.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        process.Kill(entireProcessTree: true);
        await EndAsync(process);
    }

    /// <summary>Asks it to end, by SIGTERM, and waits for its end; kills it when it takes too long.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        if (!process.HasExited)
        {
            using Process kill = Process.Start("/bin/kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using CancellationTokenSource patience = new(s_exitWithin);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        await EndAsync(process);
    }

    /// <summary>Kills it: what it would write while it ends is thrown away anyway.</summary>
    public async ValueTask DisposeAsync() => await KillAsync();

    private void Launch()
    {
        ProcessStartInfo info = new(_start.Program, _start.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _start.WorkingDirectory ?? "",
        };
        foreach ((string name, string? value) in _start.Environment) info.Environment[name] = value;
        try
        {
            _process = Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{_start.Program} cannot be started ({e.Message}); test.sh installs what is missing.", e);
        }

        _process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => _output.Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
        string id = _process.Id.ToString(CultureInfo.InvariantCulture);
        _guard = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read -r end; [ \"$end\" = ended ] || kill -9 \"$0\"", id])
        {
            RedirectStandardInput = true,
        })!;
    }

    private async Task WaitUntilReadyAsync()
    {
        Process process = _process!;
        using CancellationTokenSource patience = new(_start.ReadyWithin);
        Exception? last = null;
        while (!process.HasExited && !patience.IsCancellationRequested)
        {
            try
            {
                bool isReady = _start.ReadyLine is not { } line || _output.ToString().Contains(line, StringComparison.Ordinal);
                if (isReady && (_start.IsReady is null || await _start.IsReady(patience.Token))) return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                last = e;
            }

            await Task.Delay(20);
        }

        if (process.HasExited) await ReadToEndAsync(process);
        string what = process.HasExited
            ? $"ended with code {process.ExitCode} before it answered"
            : $"did not answer within {_start.ReadyWithin.TotalSeconds:N0} s";
        throw new InvalidOperationException(
            $"{_start.Program} {string.Join(' ', _start.Arguments)} {what}. It wrote:\n{_output}\nThe last check failed with: {last?.Message}");
    }

    /// <summary>Waits for what a process wrote before its end, which a process that it started could hold open.</summary>
    private static async Task ReadToEndAsync(Process process)
    {
        using CancellationTokenSource patience = new(s_exitWithin);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task EndAsync(Process process)
    {
        // The exit itself, not the end of its output, which a process that it started could hold open.
        using CancellationTokenSource patience = new(s_exitWithin);
        while (!process.HasExited)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(5, CancellationToken.None);
        }

        _process = null;
        process.Dispose();
        if (_guard is { } guard)
        {
            _guard = null;
            await guard.StandardInput.WriteLineAsync("ended");
            await guard.StandardInput.FlushAsync();
            await guard.WaitForExitAsync(patience.Token);
            guard.Dispose();
        }
    }
}
