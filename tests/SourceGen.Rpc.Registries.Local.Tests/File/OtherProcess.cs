using System.Globalization;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>A process of its own that enters nodes: this assembly's Main.</summary>
internal static class OtherProcess
{
    public static Task<ServerProcess> StartAsync(string directory, string service, int staying, int leaving) => ServerProcess.StartAsync(
        new ServerStart(
            "dotnet",
            "exec",
            typeof(OtherProcess).Assembly.Location,
            directory,
            service,
            staying.ToString(CultureInfo.InvariantCulture),
            leaving.ToString(CultureInfo.InvariantCulture))
        {
            ReadyLine = "ready",
        });
}
