namespace SourceGen.Rpc.Samples.Tests.Support;

/// <summary>The working tree the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "SourceGen.sln"))) return directory.FullName;
        }

        throw new DirectoryNotFoundException($"No SourceGen.sln above {AppContext.BaseDirectory}: these tests read the repository they belong to.");
    }
}
