using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.PubSub;

/// <summary>What a <see cref="DirectBroker"/> is created with.</summary>
public sealed class DirectBrokerOptions : BrokerOptions
{
    private int _capacity = 65_536;
    private TimeSpan _groupRetention = TimeSpan.FromMinutes(1);

    /// <summary>Where processes find each other. It stays the caller's to dispose of, after the broker.</summary>
    public required IRegistry Registry { get; set; }

    /// <summary>
    /// Brokers with the same name in the same registry reach each other: empty, or a name with the characters of a topic. Default: empty, a name as any
    /// other.
    /// </summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// Where the process takes messages, when it subscribes. Others are told this address; <c>tcp://0.0.0.0:0</c> tells them an address of the
    /// machine, and <see cref="ConfigureServer"/> can say which, or another one (<see cref="RpcServerOptions.Registration"/>). Default:
    /// <c>tcp://127.0.0.1:0</c>, which only processes on the same machine reach.
    /// </summary>
    public string ListenAddress { get; set; } = "tcp://127.0.0.1:0";

    /// <summary>
    /// How many messages a publisher keeps for each group and for each subscription without one, those included that are being handled, from 1 to
    /// 1,000,000. Default: 65,536.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public int Capacity
    {
        get => _capacity;
        set => _capacity = value is >= 1 and <= 1_000_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Capacity)} is {value}; it must be from 1 to 1,000,000.");
    }

    /// <summary>What becomes of a message when so many are kept. Default: <see cref="OverflowPolicy.Wait"/>.</summary>
    public OverflowPolicy Overflow { get; set; }

    /// <summary>
    /// How long a publisher keeps messages for a group that it knew while none of its members is there. Default: 1 minute.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or longer than a day.</exception>
    public TimeSpan GroupRetention
    {
        get => _groupRetention;
        set => _groupRetention = Check(value, nameof(GroupRetention));
    }

    /// <summary>
    /// Changes the options of the server that takes messages, after the broker has set its own: TLS, who may call, the address that others are
    /// told. Default: nothing.
    /// </summary>
    public Action<RpcServerOptions>? ConfigureServer { get; set; }

    /// <summary>
    /// Changes the options of the clients that bring messages, after the broker has set its own: TLS, credentials. Default: nothing.
    /// </summary>
    public Action<RpcClientOptions>? ConfigureClient { get; set; }

    /// <summary>Where logs go. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Whether the registry ends with the broker, which was created for it.</summary>
    internal bool OwnsRegistry { get; set; }

    internal DirectBrokerOptions Copy() => (DirectBrokerOptions)MemberwiseClone();
}
