using Microsoft.Extensions.Configuration;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>What each key of the sections under <c>Rpc</c> sets.</summary>
internal static class OptionsSection
{
    /// <summary>Reads a server's section into its options.</summary>
    public static void Read(IConfigurationSection section, RpcServerOptions options, ICollection<string> mistakes)
    {
        SectionReader reader = new(section, mistakes);
        reader.List("Addresses", options.Addresses.Add);
        reader.Duration("DrainTimeout", value => options.DrainTimeout = value);
        reader.Duration("HandshakeTimeout", value => options.HandshakeTimeout = value);
        reader.DurationOrInfinite("CallTimeout", value => options.CallTimeout = value);
        reader.Count("MaxConnections", value => options.MaxConnections = value);
        reader.Count("MaxConnectionsPerAddress", value => options.MaxConnectionsPerAddress = value);
        reader.Count("MaxConnectionsInHandshake", value => options.MaxConnectionsInHandshake = value);
        reader.Count("MaxTotalConcurrentCalls", value => options.MaxTotalConcurrentCalls = value);
        ReadConnection(reader, options);
        reader.ReportUnknownKeys();
    }

    /// <summary>Reads a client's section into its options.</summary>
    public static void Read(IConfigurationSection section, RpcClientOptions options, ICollection<string> mistakes)
    {
        SectionReader reader = new(section, mistakes);
        reader.Text("Address", value => options.Address = value);
        reader.Duration("ConnectTimeout", value => options.ConnectTimeout = value);
        reader.DurationOrInfinite("CallTimeout", value => options.CallTimeout = value);
        reader.Duration("DrainTimeout", value => options.DrainTimeout = value);
        reader.Duration("ReconnectDelay", value => options.ReconnectDelay = value);
        reader.Duration("MaxReconnectDelay", value => options.MaxReconnectDelay = value);
        ReadConnection(reader, options);
        reader.ReportUnknownKeys();
    }

    private static void ReadConnection(SectionReader reader, RpcConnectionOptions options)
    {
        reader.Switch("IncludeExceptionDetails", value => options.IncludeExceptionDetails = value);
        reader.Switch("LowLatency", value => options.LowLatency = value);
        reader.Duration("KeepAliveInterval", value => options.KeepAliveInterval = value);
        reader.Duration("KeepAliveTimeout", value => options.KeepAliveTimeout = value);
        reader.Section("Limits", limits => ReadLimits(limits, options.Limits));
    }

    private static void ReadLimits(SectionReader reader, RpcLimits limits)
    {
        reader.Size("MaxMessageSize", value => limits.MaxMessageSize = value);
        reader.Size("FragmentSize", value => limits.FragmentSize = value);
        reader.Size("MaxFrameSize", value => limits.MaxFrameSize = value);
        reader.Count("MaxConcurrentCalls", value => limits.MaxConcurrentCalls = value);
        reader.LargeSize("MaxReassemblySize", value => limits.MaxReassemblySize = value);
        reader.Size("MaxOutputBacklog", value => limits.MaxOutputBacklog = value);
        reader.Size("StreamWindow", value => limits.StreamWindow = value);
        reader.Size("ConnectionStreamWindow", value => limits.ConnectionStreamWindow = value);
    }
}
