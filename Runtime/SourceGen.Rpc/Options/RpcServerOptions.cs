namespace SourceGen.Rpc;

/// <summary>What a server listens at and how it behaves.</summary>
public sealed class RpcServerOptions : RpcConnectionOptions
{
    /// <summary>The addresses to listen at, such as <c>tcp://0.0.0.0:5000</c>.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>How long a client may take to introduce itself. Default: 5 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a call of a handler's to its caller (<see cref="RpcContext.GetCaller{TService}"/>) may take when the contract does not say
    /// (<see cref="MethodAttribute.TimeoutMs"/>). Default: 5 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping server waits for the calls in flight. Default: 30 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Adds an address to listen at.</summary>
    /// <param name="address">Such as <c>tcp://127.0.0.1:0</c> for a free port, or <c>unix:///run/greeter.sock</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="FormatException">It is not an address.</exception>
    public RpcServerOptions Listen(string address)
    {
        Addresses.Add(RpcAddress.Parse(address).ToString());
        return this;
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePositive(HandshakeTimeout, nameof(HandshakeTimeout));
        if (CallTimeout != Timeout.InfiniteTimeSpan) RequirePositive(CallTimeout, nameof(CallTimeout));
        if (DrainTimeout < TimeSpan.Zero) throw new ArgumentException($"{nameof(DrainTimeout)} is {DrainTimeout}; it must not be negative.");
        if (Addresses.Count == 0)
        {
            throw new ArgumentException($"{nameof(Addresses)} is empty; tell the server where to listen, for example options.Listen(\"tcp://127.0.0.1:5000\").");
        }
    }
}
