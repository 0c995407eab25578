using System.Collections.Concurrent;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>A service with something to protect, in every shape of call.</summary>
[Service(Name = "Tests.Vault")]
public partial interface IVault : IVaultDoor
{
    /// <summary>Asks for nothing, which on a server that authenticates is an authenticated caller. Answers who calls.</summary>
    ValueTask<string> WhoAsync();

    [AllowAnonymous]
    ValueTask<string> HelloAsync();

    [RequireAuthorization(Roles = ["keeper", "owner"])]
    ValueTask<string> OpenAsync(Tripwire wire);

    [RequireAuthorization("adult")]
    ValueTask<string> BuyAsync(Tripwire wire);

    [RequireAuthorization("adult"), RequireAuthorization(Roles = ["owner"])]
    Task SellAsync();

    [OneWay, RequireAuthorization(Roles = ["keeper"])]
    ValueTask NoteAsync(Tripwire wire);

    [RequireAuthorization(Roles = ["keeper"])]
    IAsyncEnumerable<string> DownAsync(Tripwire wire);

    [RequireAuthorization(Roles = ["keeper"])]
    ValueTask<int> UpAsync(Tripwire wire, IAsyncEnumerable<Tripwire> items);

    [RequireAuthorization(Roles = ["keeper"])]
    ValueTask SinkAsync(Tripwire wire, IAsyncEnumerable<Tripwire> items);

    [RequireAuthorization(Roles = ["keeper"])]
    IAsyncEnumerable<string> ThroughAsync(Tripwire wire, IAsyncEnumerable<Tripwire> items);

    /// <summary>Runs until it is cancelled.</summary>
    ValueTask WaitAsync(CancellationToken ct = default);

    /// <summary>The same, with an argument.</summary>
    ValueTask WaitForAsync(Tripwire wire, CancellationToken ct = default);
}

/// <summary>What a base asks for holds where it is inherited.</summary>
[RequireAuthorization(Roles = ["owner"])]
public interface IVaultDoor
{
    ValueTask<string> LockAsync();

    [AllowAnonymous]
    ValueTask<string> KnockAsync();
}

/// <summary>Notes when it is decoded, by its own name: only the server decodes one.</summary>
public sealed class Tripwire
{
    private static readonly ConcurrentDictionary<string, bool> s_read = new();
    private static readonly ConcurrentDictionary<string, Action> s_whenRead = new();

    private string _id = "";

    public string Id
    {
        get => _id;
        set
        {
            _id = value;
            s_read[value] = true;
            if (s_whenRead.TryGetValue(value, out Action? action)) action();
        }
    }

    /// <summary>Luggage, to make a request large.</summary>
    public byte[] Luggage { get; set; } = [];

    public bool WasRead => s_read.ContainsKey(_id);

    /// <summary>Says what is to happen while it is decoded.</summary>
    public Tripwire WhenRead(Action action)
    {
        s_whenRead[_id] = action;
        return this;
    }

    public static Tripwire New(int luggage = 0) => new() { _id = Guid.NewGuid().ToString("N"), Luggage = new byte[luggage] };
}
