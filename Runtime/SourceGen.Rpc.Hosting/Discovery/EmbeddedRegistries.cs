using Microsoft.Extensions.DependencyInjection;

namespace SourceGen.Rpc.Hosting.Discovery;

/// <summary>The registries that need no server, and come with the host.</summary>
internal static class EmbeddedRegistries
{
    /// <summary>Adds their providers.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddMemoryRegistry();
        services.AddStaticRegistry();
        services.AddFileRegistry();
        services.AddMdnsRegistry();
    }
}
