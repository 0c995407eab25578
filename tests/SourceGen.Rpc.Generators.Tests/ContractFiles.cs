using System.Reflection;

namespace SourceGen.Rpc.Generators.Tests;

/// <summary>The contracts under Contracts/: one file a case, valid ones and, named after their diagnostic, invalid ones.</summary>
internal static class ContractFiles
{
    public static string ProjectDirectory { get; } = typeof(ContractFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static a => a.Key == "ProjectDirectory").Value!;

    public static TheoryData<string> Valid => [.. Names("Valid")];

    public static TheoryData<string> Invalid => [.. Names("Invalid")];

    public static IEnumerable<string> ValidNames => Names("Valid");

    public static IEnumerable<string> InvalidNames => Names("Invalid");

    public static string ReadValid(string name) => Read("Valid", name);

    public static string ReadInvalid(string name) => Read("Invalid", name);

    private static IEnumerable<string> Names(string kind) => Directory.GetFiles(Path.Combine(ProjectDirectory, "Contracts", kind), "*.cs")
        .Select(static file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    private static string Read(string kind, string name) =>
        File.ReadAllText(Path.Combine(ProjectDirectory, "Contracts", kind, name + ".cs"));
}
