namespace Quickstart;

/// <summary>The directory of a file registry, for one run.</summary>
public sealed class RegistryDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("quickstart-").FullName;

    /// <summary>Its address, which servers and client are given.</summary>
    public string Address => $"file://{_path}";

    /// <summary>Removes it.</summary>
    public void Dispose() => Directory.Delete(_path, recursive: true);
}
