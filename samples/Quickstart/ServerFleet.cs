namespace Quickstart;

/// <summary>Some server processes that register in the same place.</summary>
public sealed class ServerFleet : IAsyncDisposable
{
    private readonly List<ServerProcess> _servers;

    private ServerFleet(List<ServerProcess> servers) => _servers = servers;

    /// <summary>How many run.</summary>
    public int Count => _servers.Count;

    /// <summary>Starts them and waits until they listen.</summary>
    public static async Task<ServerFleet> StartAsync(string registry, int count)
    {
        ServerFleet fleet = new([]);
        try
        {
            for (int i = 0; i < count; i++) fleet._servers.Add(await ServerProcess.StartAsync(registry));
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills one of them, as by kill -9.</summary>
    /// <returns>Its process id.</returns>
    public async Task<int> KillOneAsync()
    {
        ServerProcess victim = _servers[0];
        _servers.RemoveAt(0);
        await victim.KillAsync();
        return victim.Id;
    }

    /// <summary>Stops them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers) await server.DisposeAsync();
    }
}
