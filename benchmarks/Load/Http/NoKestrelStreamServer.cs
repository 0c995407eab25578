namespace SourceGen.Rpc.Load;

/// <summary>Stands for the HTTP baseline in builds without ASP.NET.</summary>
internal sealed class KestrelStreamServer : IDisposable
{
    private KestrelStreamServer()
    {
    }

    /// <summary>Where it would listen.</summary>
    public string Address => "";

    /// <summary>Starts nothing.</summary>
    /// <returns>Null.</returns>
    public static KestrelStreamServer? Start() => null;

    public void Dispose()
    {
    }
}
