using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using SourceGen.Rpc.Samples.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Plugins.Aot.Tests.Support;

/// <summary>A native server, client or participant in events. It ends when its input does, so it does not outlive the process of the tests.</summary>
internal sealed class NativeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ITestOutputHelper _output;
    private readonly StringBuilder _log = new();

    private NativeProcess(Process process, ITestOutputHelper output)
    {
        _process = process;
        _output = output;
        process.ErrorDataReceived += (_, line) => _log.AppendLine(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Starts one.</summary>
    /// <param name="program">The native program.</param>
    /// <param name="workingDirectory">Where it looks for its appsettings.json.</param>
    /// <param name="output">Where it is written what the process has logged.</param>
    /// <param name="arguments">What it is to be, and its registry's or broker's address.</param>
    public static NativeProcess Start(
        NativeProgram program, string workingDirectory, ITestOutputHelper output, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = Samples.Tests.Support.Program.Describe(program.Path, arguments);
        start.WorkingDirectory = workingDirectory;
        return new NativeProcess(Process.Start(start)!, output);
    }

    /// <summary>Waits for a line that is wanted, and passes over those before it.</summary>
    public async Task<string> UntilAsync(Func<string, bool> isWanted)
    {
        List<string> lines = [];
        try
        {
            while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit) is { } line)
            {
                if (isWanted(line)) return line;
                lines.Add(line);
            }
        }
        catch (TimeoutException)
        {
            // It is said below what came instead.
        }

        throw new InvalidOperationException($"The line that is waited for did not come, but: {string.Join("; ", lines)}");
    }

    /// <summary>Waits until a client knows so many servers.</summary>
    public Task UntilKnownAsync(int servers) => UntilAsync(line => line == $"{servers} known");

    /// <summary>Gives it a line to read.</summary>
    public async Task WriteAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Passes on the lines that it writes from now on, until it ends.</summary>
    public async Task ForwardAsync(ChannelWriter<string> lines)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line) await lines.WriteAsync(line);
    }

    /// <summary>Has a client greet somebody.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> GreetAsync(string name)
    {
        await WriteAsync(name);
        return await UntilAsync(static line => !line.EndsWith(" known", StringComparison.Ordinal));
    }

    /// <summary>Ends it as its host does it, and expects that it has gone well.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience.Limit);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        // With all that it has logged.
        await _process.WaitForExitAsync();
        _output.WriteLine($"{string.Join(' ', _process.StartInfo.ArgumentList)}\n{_log}");
        _process.Dispose();
    }
}
