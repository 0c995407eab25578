using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Tests.Errors;

/// <summary>A service that declares errors.</summary>
[Service(Name = "Tests.Shop")]
[Throws<ShopException>(Code = RpcStatusCode.Aborted)]
[Throws<Shortage>]
public partial interface IShop
{
    /// <summary>Throws what the test put under the name.</summary>
    [Throws<OutOfStockException>(Code = RpcStatusCode.NotFound)]
    [Throws<ClosedException>]
    [Throws<HostileException>]
    ValueTask<int> OrderAsync(string what);

    ValueTask PayAsync(string what);

    [OneWay]
    ValueTask NoteAsync(string what);
}

/// <summary>The same service as an older client knows it: nothing is declared, and a detail looks different.</summary>
[Service(Name = "Tests.Shop")]
public partial interface IOldShop
{
    ValueTask<int> OrderAsync(string what);

    [Throws<Other.Shortage>]
    ValueTask PayAsync(string what);
}

/// <summary>A detail.</summary>
public record Shortage(string Sku, List<int> Left);

/// <summary>A detail whose type is not declared itself; its base is.</summary>
public record BadShortage(string Sku, List<int> Left, string Why) : Shortage(Sku, Left);

/// <summary>Declared for the whole service.</summary>
public class ShopException(string message) : Exception(message)
{
    public string Shop { get; set; } = "";
}

/// <summary>Not declared; its base is.</summary>
public sealed class BurglaryException(string message) : ShopException(message);

/// <summary>Declared beside its base, and makes its own message.</summary>
public sealed class OutOfStockException(string sku, int left, Exception? innerException = null)
    : ShopException($"Only {left} of {sku} left")
{
    public string Sku { get; } = sku;

    public int Left { get; } = left;

    public List<string> Alternatives { get; init; } = [];

    public bool HasCause => innerException is not null;
}

/// <summary>Has a code of its own.</summary>
public sealed class ClosedException(string detail, DateTimeOffset until) : RpcException(RpcStatusCode.Unavailable, detail)
{
    public DateTimeOffset Until { get; } = until;
}

/// <summary>Cannot be written, or cannot be read, as its number says.</summary>
public sealed class HostileException : Exception
{
    public const int CannotBeWritten = -1;
    public const int CannotBeRead = -2;

    private int _number;

    public int Number
    {
        get => _number != CannotBeWritten ? _number : throw new InvalidOperationException("the getter throws");
        set => _number = value != CannotBeRead || !IsArmed ? value : throw new InvalidOperationException("the setter throws");
    }

    public override string Message => "hostile";

    /// <summary>Whether the setter throws; the test that makes the exception needs one that does not.</summary>
    [IgnoreMember]
    public static bool IsArmed { get; set; }
}

[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(Shortage))]
internal sealed partial class ShopJson : JsonSerializerContext;
