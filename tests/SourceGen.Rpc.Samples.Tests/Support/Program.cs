using System.Diagnostics;

namespace SourceGen.Rpc.Samples.Tests.Support;

/// <summary>What a program that has ended left behind.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>Runs programs and ends them with the test.</summary>
internal static class Program
{
    /// <summary>The program that runs these tests, which also runs assemblies.</summary>
    public static string DotNet { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    /// <summary>Starts a program whose input and output the test holds.</summary>
    public static Process Start(string file, params IReadOnlyList<string> arguments) => Process.Start(Describe(file, arguments))!;

    /// <summary>Says how a program is started whose input and output the test holds.</summary>
    public static ProcessStartInfo Describe(string file, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // What the test host was given for itself must not reach a build or a program under test.
        foreach (string name in (string[])["MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath"]) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It did not end; it is killed then, with what it started.</exception>
    public static Task<ProgramResult> RunAsync(string file, params string[] arguments) => RunAsync(Patience.Limit, file, arguments);

    /// <summary>Runs a program to its end, within a time of its own.</summary>
    /// <exception cref="TimeoutException">It did not end; it is killed then, with what it started.</exception>
    public static Task<ProgramResult> RunAsync(TimeSpan limit, string file, params string[] arguments) => RunAsync(limit, Describe(file, arguments));

    /// <summary>Runs a program to its end, as it is described.</summary>
    /// <exception cref="TimeoutException">It did not end; it is killed then, with what it started.</exception>
    public static async Task<ProgramResult> RunAsync(TimeSpan limit, ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await Task.WhenAll(output, error, process.WaitForExitAsync()).WaitAsync(limit);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
