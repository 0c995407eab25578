using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Samples.Registry;

/// <summary>Lets <c>AddRpcRegistry("environment://SERVICE_")</c> choose the sample.</summary>
public sealed class EnvironmentRegistryProvider : IRegistryProvider
{
    /// <inheritdoc/>
    public string Scheme => "environment";

    /// <inheritdoc/>
    public IRegistry Create(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "interval");
        return new EnvironmentRegistry(string.Concat(parsed.Endpoints), parsed.GetSeconds("interval", TimeSpan.FromSeconds(1)));
    }
}
