namespace SourceGen.Rpc.Server;

/// <summary>One instance for all calls.</summary>
internal sealed class SharedServiceSource<TService>(TService instance) : ServiceSource<TService>
    where TService : class
{
    public override TService Shared => instance;

    public override TService Activate(out IAsyncDisposable? lease)
    {
        lease = null;
        return instance;
    }
}
