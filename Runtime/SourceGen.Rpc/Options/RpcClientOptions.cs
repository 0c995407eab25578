namespace SourceGen.Rpc;

/// <summary>How a client connects and calls.</summary>
public sealed class RpcClientOptions : RpcConnectionOptions
{
    /// <summary>
    /// The server's address, such as <c>tcp://127.0.0.1:5000</c>, for a client that is created from its options alone; an address that is
    /// given beside the options is taken instead. Default: none.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>How long opening a connection may take, and how long a call waits for one while there is none. Default: 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a call may take when its contract does not say (<see cref="MethodAttribute.TimeoutMs"/>). Default: 5 seconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What runs around the calls that are made, in this order. Default: nothing.</summary>
    public RpcFilterCollection<IRpcClientFilter> Filters { get; } = new();

    /// <summary>The wait before the second attempt to connect; it doubles with each further one, and each is shortened at random. Default: 50 ms.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait between two attempts to connect. Default: 5 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePositive(ConnectTimeout, nameof(ConnectTimeout));
        RequirePositive(ReconnectDelay, nameof(ReconnectDelay));
        RequirePositive(MaxReconnectDelay, nameof(MaxReconnectDelay));
        if (CallTimeout != Timeout.InfiniteTimeSpan) RequirePositive(CallTimeout, nameof(CallTimeout));
    }
}
