using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace SourceGen.Rpc.Codec.Tests.Interop;

/// <summary>
/// Runs another MessagePack implementation: each line of standard input is a task, each line of standard output its answer. <c>decode</c>
/// takes bytes in hexadecimal and answers with their canonical form, <c>encode</c> the other way round.
/// </summary>
internal static class PeerProcess
{
    /// <summary>A bound that only a hanging tool meets.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Interop");

    public static async Task<string[]> AnswerAsync(string program, string[] arguments, IEnumerable<string> tasks, string install)
    {
        string output = await RunAsync(program, arguments, string.Join('\n', tasks) + "\n", install);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static async Task<string> RunAsync(string program, string[] arguments, string input, string install)
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        using Process process = StartOrExplain(start, install);
        using CancellationTokenSource limit = new(_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await WriteAsync(process, input, limit.Token);
            string answer = await output;
            string error = await errors;
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode == 0) return answer;
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}. {install}\n{error}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process StartOrExplain(ProcessStartInfo start, string install)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be started: {e.Message}. {install}", e);
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read everything; its exit code and its error output say why.
        }
    }
}
