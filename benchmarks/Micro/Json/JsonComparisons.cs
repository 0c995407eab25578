namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>A small record.</summary>
public class SmallRecordBenchmark() : JsonComparison<Person>(
    new Person(123_456, "Ada Lovelace", true, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)));

/// <summary>A list of a hundred records.</summary>
public class ListBenchmark() : JsonComparison<List<Position>>(
    [.. Enumerable.Range(0, 100).Select(static i => new Position(100_000 + i, $"SYM{i}", 12.25 + (i * 0.37), 1_000_000L * i))]);

/// <summary>An order with a customer and ten lines.</summary>
public class OrderBenchmark() : JsonComparison<Order>(
    new Order(
        new Guid("6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
        new Customer("Grace Hopper", "grace@example.com", new Address("1 Harbour Way", "New York", "10001", "USA")),
        [.. Enumerable.Range(1, 10).Select(static i => new OrderLine($"Product {i}", i, 9.99m * i, ["new", "tools"]))],
        OrderState.Paid,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
        Remark: null));
