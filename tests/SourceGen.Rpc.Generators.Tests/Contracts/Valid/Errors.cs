namespace Shop;

[Service]
[Throws<ShopException>(Code = RpcStatusCode.Aborted)]
[Throws<Explanation>]
public partial interface IErrors : IBase
{
    [Throws<OutOfStockException>(Code = RpcStatusCode.NotFound), Throws<OutOfStock>]
    ValueTask<int> OrderAsync(string sku);

    [Throws<ShopException>]
    ValueTask PayAsync();

    [Throws<EmptyException>, Throws<OldException>, Throws<RpcDerivedException>, Throws<Odd.@class>]
    Task EverythingAsync();

    [OneWay]
    ValueTask NoteAsync(OutOfStock detail);
}

public interface IBase
{
    [Throws<GenericException<List<int>>>]
    ValueTask InheritedAsync();
}

public record OutOfStock(string Sku, int Left);

public struct Explanation
{
    [Key(0)]
    public string? Why;
}

/// <summary>The message, and a member that is set.</summary>
public class ShopException(string message) : Exception(message)
{
    public string Shop { get; set; } = "";

    public int Computed => Shop.Length;

    [IgnoreMember]
    public object? Secret { get; set; }
}

/// <summary>Makes its own message.</summary>
public sealed class OutOfStockException(string sku, int left = -1, Exception? innerException = null) : ShopException($"No {sku}")
{
    public string Sku { get; } = sku;

    [Key("remaining")]
    public int Left { get; } = left;

    public required List<string?> Alternatives { get; init; }

    public Exception? Cause { get; } = innerException;
}

/// <summary>Nothing of it travels.</summary>
public sealed class EmptyException : Exception;

/// <summary>The constructors that exceptions used to have.</summary>
public class OldException : Exception
{
    public OldException()
    {
    }

    public OldException(string message)
        : base(message)
    {
    }

    public OldException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Has a code of its own.</summary>
public sealed class RpcDerivedException(string detail, int number) : RpcException(RpcStatusCode.NotFound, detail)
{
    public int Number { get; } = number;
}

public sealed class GenericException<T>(T value) : Exception
{
    public T Value { get; } = value;

    public override string Message => $"{Value}";
}

public static class Odd
{
    public sealed class @class : Exception
    {
        public string? data { get; set; }

        public int @int { get; set; }

        public int Write { get; set; }
    }
}
