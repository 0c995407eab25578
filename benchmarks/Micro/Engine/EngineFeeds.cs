using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>The two sides of the engine, each fed with frames instead of a network.</summary>
internal static class EngineFeeds
{
    /// <summary>Calls in one read.</summary>
    public const int Batch = 256;

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private static ConnectionSettings SettingsWith(params OfferedService[] services) => ConnectionSettings.Create(
        new RpcClientOptions { KeepAliveInterval = TimeSpan.FromDays(1) }, // Nobody answers a ping here.
        MessagePackCodec.Instance,
        new HelloMessage { MaxFrameSize = 1 << 20, MaxMessageSize = 1 << 24, MaxConcurrentCalls = 1024, Services = services });

    /// <summary>A server that is sent the same request again and again.</summary>
    public static RequestFeed Serve(ushort method, byte[] arguments, RpcFilterCollection<IRpcServerFilter>? filters = null)
    {
        RequestFeed feed = new(method, arguments, Batch);
        ServiceRegistration<IEngineContract> service = new(
            ContractOf<IEngineContract>(), new SharedServiceSource<IEngineContract>(new EngineService()));
        ErrorPolicy errors = new(includeDetails: false, NullLogger.Instance);
        FilterChain chain = FilterChain.Of(filters ?? new RpcServerOptions().Filters);
        ServerMethod[] methods = [.. service.Bind(MessagePackCodec.Instance, errors, chain)];
        new RpcConnection(new FeedTransport(feed), SettingsWith(), methods, NullLogger.Instance).Start();
        return feed;
    }

    /// <summary>A client whose callers each call again as soon as they are answered, always with the same reply.</summary>
    public static ReplyFeed Call(byte[] reply, Action<IEngineContract> begin, IRpcClientFilter[]? filters = null)
    {
        ReplyFeed feed = new(reply);
        RpcContract<IEngineContract> contract = ContractOf<IEngineContract>();
        OfferedService offered = new(contract.Name, contract.Version, contract.Fingerprint, (ushort)contract.Methods.Length, 0);
        RpcClientOptions options = new() { CallTimeout = Timeout.InfiniteTimeSpan };
        foreach (IRpcClientFilter filter in filters ?? []) options.Filters.Add(filter);
        ClientChannel channel = new(RpcAddress.Parse("memory://unused"), options);
        channel.TryAdopt(new RpcConnection(new FeedTransport(feed), SettingsWith(offered), methods: [], NullLogger.Instance));
        IEngineContract service = contract.CreateProxy(channel);
        for (int caller = 0; caller < Batch; caller++) begin(service);
        return feed;
    }
}
