using Microsoft.Extensions.Configuration;
using SourceGen.Rpc.Discovery;

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
        reader.Duration("StopDelay", value => options.StopDelay = value);
        reader.Duration("GoAwayGrace", value => options.GoAwayGrace = value);
        reader.Duration("HookTimeout", value => options.HookTimeout = value);
        reader.Duration("HandshakeTimeout", value => options.HandshakeTimeout = value);
        ReadBuiltInServices(section.Path, reader, "BuiltInServices", value => options.BuiltInServices = value, mistakes);
        reader.DurationOrInfinite("CallTimeout", value => options.CallTimeout = value);
        reader.Count("MaxConnections", value => options.MaxConnections = value);
        reader.Count("MaxConnectionsPerAddress", value => options.MaxConnectionsPerAddress = value);
        reader.Count("MaxConnectionsInHandshake", value => options.MaxConnectionsInHandshake = value);
        reader.Count("MaxTotalConcurrentCalls", value => options.MaxTotalConcurrentCalls = value);
        ReadConnection(reader, options);
        reader.OptionalSection("RateLimit", limit => RateLimitSection.Read(limit, options));
        reader.OptionalSection("AdaptiveLimit", limit => ReadAdaptiveLimit(limit, options));
        reader.OptionalSection("Tls", tls => TlsSection.Read(tls, options));
        reader.OptionalSection("Registration", registration => ReadRegistration(registration, options.Registration));
        reader.OptionalSection("Access", access => ReadAccess($"{section.Path}:Access", access, options.Access, mistakes));
        reader.ReportUnknownKeys();
    }

    /// <summary>Reads a client's section into its options.</summary>
    public static void Read(IConfigurationSection section, RpcClientOptions options, ICollection<string> mistakes)
    {
        SectionReader reader = new(section, mistakes);
        reader.Text("Address", value => options.Address = value);
        reader.Text("Group", value => options.Group = value);
        reader.Text("Zone", value => options.Zone = value);
        reader.Text("KeyHeader", value => options.KeyHeader = value);
        reader.Switch("ProbeHealth", value => options.ProbeHealth = value);
        reader.Count("MaxConnectionsPerServer", value => options.MaxConnectionsPerServer = value);
        reader.Count("CallsPerConnection", value => options.CallsPerConnection = value);
        reader.OptionalSection("Selection", selection => SelectionSection.Read(selection, options));
        reader.OptionalSection("CircuitBreaker", breaker => SelectionSection.ReadCircuitBreaker(breaker, options));
        reader.Duration("ConnectTimeout", value => options.ConnectTimeout = value);
        reader.DurationOrInfinite("CallTimeout", value => options.CallTimeout = value);
        reader.OptionalSection("Policy", policy => PolicySection.Read(policy, value => options.Policy = value));
        reader.Sections("Policies", (name, policy) => PolicySection.Read(policy, value => options.Policies.Set(name, value)));
        reader.Pairs("Headers", (name, value) => options.Headers[name] = value);
        reader.Duration("DrainTimeout", value => options.DrainTimeout = value);
        reader.Duration("ReconnectDelay", value => options.ReconnectDelay = value);
        reader.Duration("MaxReconnectDelay", value => options.MaxReconnectDelay = value);
        ReadConnection(reader, options);
        reader.OptionalSection("Tls", tls => TlsSection.Read(tls, options));
        reader.Switch("AllowInsecureCredentials", value => options.AllowInsecureCredentials = value);
        reader.Switch("PreferInProcess", value => options.PreferInProcess = value);
        reader.Choice<RpcIsolation>("Isolation", value => options.Isolation = value);
        reader.OptionalSection("Credentials", credentials => CredentialsSection.Read(credentials, options));
        reader.ReportUnknownKeys();
    }

    private static void ReadAdaptiveLimit(SectionReader reader, RpcServerOptions options)
    {
        RpcAdaptiveLimit limit = options.AdaptiveLimit ?? new RpcAdaptiveLimit();
        bool enabled = true; // A section without any key is as good as none.
        reader.Switch("IsEnabled", value => enabled = value);
        reader.Count("MinLimit", value => limit.MinLimit = value);
        reader.Count("MaxLimit", value => limit.MaxLimit = value);
        reader.Count("InitialLimit", value => limit.InitialLimit = value);
        reader.Duration("Window", value => limit.Window = value);
        reader.Number("Tolerance", value => limit.Tolerance = value);
        reader.Count("QueueLength", value => limit.QueueLength = value);
        reader.LargeSize("QueueBytes", value => limit.QueueBytes = value);
        reader.Duration("MaxQueueTime", value => limit.MaxQueueTime = value);
        options.AdaptiveLimit = enabled ? limit : null;
    }

    private static void ReadRegistration(SectionReader reader, RpcRegistrationOptions registration)
    {
        reader.Duration("TimeToLive", value => registration.TimeToLive = value);
        reader.Duration("Interval", value => registration.Interval = value);
        reader.Switch("IsRequired", value => registration.IsRequired = value);
        reader.Duration("DeregisterTimeout", value => registration.DeregisterTimeout = value);
        reader.Duration("CheckInterval", value => registration.CheckInterval = value);
        reader.Duration("CheckTimeout", value => registration.CheckTimeout = value);
        reader.List("AdvertisedAddresses", registration.AdvertisedAddresses.Add);
        reader.Text("AdvertisedInterface", value => registration.AdvertisedInterface = value);
        reader.Text("InstanceId", value => registration.InstanceId = value);
        reader.Count("Weight", value => registration.Weight = value);
        reader.Text("Zone", value => registration.Zone = value);
        reader.Text("Group", value => registration.Group = value);
        reader.List("Tags", registration.Tags.Add);
        reader.Pairs("Metadata", (name, value) => registration.Metadata[name] = value);
    }

    private static void ReadAccess(string path, SectionReader reader, RpcAccessOptions access, ICollection<string> mistakes)
    {
        reader.Switch("RequireAuthenticatedConnections", value => access.RequireAuthenticatedConnections = value);
        ReadBuiltInServices(path, reader, "AnonymousBuiltIns", value => access.AnonymousBuiltIns = value, mistakes);
        reader.Duration("CheckTimeout", value => access.CheckTimeout = value);
        reader.Duration("RememberCredentialsFor", value => access.RememberCredentialsFor = value);
        reader.Count("MaxRememberedCredentials", value => access.MaxRememberedCredentials = value);
        reader.Count("MaxConcurrentChecks", value => access.MaxConcurrentChecks = value);
    }

    private static void ReadBuiltInServices(
        string path, SectionReader reader, string key, Action<RpcBuiltInServices> set, ICollection<string> mistakes)
    {
        RpcBuiltInServices? named = null;
        reader.List(key, name =>
        {
            named ??= RpcBuiltInServices.None;
            switch (name.ToUpperInvariant())
            {
                case "NONE": break;
                case "HEALTH": named |= RpcBuiltInServices.Health; break;
                case "DESCRIBE": named |= RpcBuiltInServices.Describe; break;
                case "STATS": named |= RpcBuiltInServices.Stats; break;
                case "ALL": named |= RpcBuiltInServices.All; break;
                default:
                    mistakes.Add(
                        $"{path}:{key} has '{name}'; it must be made of Health, Describe and Stats, or be None or All.");
                    break;
            }
        });
        if (named is { } services) set(services);
    }

    private static void ReadConnection(SectionReader reader, RpcConnectionOptions options)
    {
        reader.Switch("IncludeExceptionDetails", value => options.IncludeExceptionDetails = value);
        reader.Switch("LowLatency", value => options.LowLatency = value);
        reader.Switch("FlowContext", value => options.FlowContext = value);
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
        reader.Size("MaxHeaderSize", value => limits.MaxHeaderSize = value);
        reader.Size("MaxOutputBacklog", value => limits.MaxOutputBacklog = value);
        reader.Size("StreamWindow", value => limits.StreamWindow = value);
        reader.Size("ConnectionStreamWindow", value => limits.ConnectionStreamWindow = value);
    }
}
