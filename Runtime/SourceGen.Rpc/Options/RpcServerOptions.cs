using SourceGen.Rpc.Server;

namespace SourceGen.Rpc;

/// <summary>What a server listens at and how it behaves.</summary>
public sealed class RpcServerOptions : RpcConnectionOptions
{
    /// <summary>The addresses to listen at, such as <c>tcp://0.0.0.0:5000</c>.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>
    /// Whether an error that a handler did not declare reaches the caller with its type, message and stack. For development: it shows
    /// callers the server's inside. Default: false, the caller gets a number that stands in the server's log too.
    /// </summary>
    public bool IncludeExceptionDetails { get; set; }

    /// <summary>What runs around the calls that are served, in this order. Default: nothing.</summary>
    public RpcFilterCollection<IRpcServerFilter> Filters { get; } = new();

    /// <summary>
    /// Where filters get services of a call's own from (<see cref="RpcFilterCall.Services"/>). A server of a host has one that makes scopes
    /// of the host's container. Default: none.
    /// </summary>
    public RpcScopeFactory? Scopes { get; set; }

    /// <summary>How long a client may take to introduce itself. Default: 5 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

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
        if (DrainTimeout < TimeSpan.Zero) throw new ArgumentException($"{nameof(DrainTimeout)} is {DrainTimeout}; it must not be negative.");
        if (Addresses.Count == 0)
        {
            throw new ArgumentException($"{nameof(Addresses)} is empty; tell the server where to listen, for example options.Listen(\"tcp://127.0.0.1:5000\").");
        }
    }
}
