namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>A small record.</summary>
public sealed record Person(int Id, string Name, bool Active, DateTime Since);

/// <summary>One of many in a list.</summary>
public sealed record Position(int Id, string Symbol, double Price, long Volume);

/// <summary>An object with objects in it.</summary>
public sealed record Order(Guid Id, Customer Customer, List<OrderLine> Lines, OrderState State, DateTimeOffset Placed, string? Remark);

/// <summary>Who ordered.</summary>
public sealed record Customer(string Name, string Email, Address Address);

/// <summary>Where to.</summary>
public sealed record Address(string Street, string City, string Zip, string Country);

/// <summary>What was ordered.</summary>
public sealed record OrderLine(string Product, int Quantity, decimal Price, List<string> Tags);

/// <summary>How far it is.</summary>
public enum OrderState
{
    /// <summary>Not paid.</summary>
    Open,

    /// <summary>Paid.</summary>
    Paid,

    /// <summary>On its way.</summary>
    Sent,
}
