using System.Reflection;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>Where the repository is that the tests were built from.</summary>
internal static class Repository
{
    public static string ProjectDirectory { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static a => a.Key == "ProjectDirectory").Value!;

    public static string Root { get; } = Path.GetFullPath(Path.Combine(ProjectDirectory, "..", ".."));
}
