using SourceGen.Rpc.Registries.Consul.Tests.Support;

namespace SourceGen.Rpc.Plugins.Aot.Tests.Support;

/// <summary>A test that is skipped, with the reason, where there is no Consul.</summary>
internal sealed class ConsulFactAttribute : FactAttribute
{
    public ConsulFactAttribute()
    {
        if (ConsulBinary.Path is null) Skip = ConsulBinary.Missing;
    }
}
