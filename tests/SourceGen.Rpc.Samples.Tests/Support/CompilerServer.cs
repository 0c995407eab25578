using System.Diagnostics;

namespace SourceGen.Rpc.Samples.Tests.Support;

/// <summary>
/// One compiler for all builds of a test class, which ends with it and leaves nothing behind. Most of what the build of a small project
/// takes is a compiler that starts, and compiles itself and its analyzers before the project.
/// </summary>
public sealed class CompilerServer : IDisposable
{
    private readonly string _name = $"compiler-{Guid.NewGuid():N}";

    // What builds leave behind.
    private readonly TemporaryDirectory _temporary = new();

    /// <summary>Has a build that is about to start use this compiler.</summary>
    public void Serve(ProcessStartInfo build)
    {
        build.Environment["TMPDIR"] = _temporary.Path;
        build.Environment["UseSharedCompilation"] = "true";
        build.Environment["SharedCompilationId"] = _name;
        build.Environment["DOTNET_TieredPGO"] = "0"; // What ends soon does not earn back the search for better code.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
            {
                if (!IsThis(process)) continue;
                process.Kill();
                process.WaitForExit();
            }
        }

        File.Delete($"/tmp/{_name}"); // Its socket, which the compiler has there whatever TMPDIR says.
        _temporary.Dispose();
    }

    private bool IsThis(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains($"-pipename:{_name}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended, or is somebody else's.
        }
    }
}
