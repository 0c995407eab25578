namespace Shop;

[Service(Version = "1.2")]
public partial interface IGreeter
{
    ValueTask<List<Greeting?>> GreetAsync(Person person, int times = 1, CancellationToken ct = default);

    [Method(Idempotent = true, TimeoutMs = 250)]
    ValueTask<int> AddAsync(int a, int b);

    [OneWay]
    ValueTask LogAsync(string? line);

    Task ResetAsync(CancellationToken cancellationToken);

    Task<string> NameAsync();
}

public sealed record Person([property: Key(0)] string Name, [Key(1)] Color Favourite, [property: Key(3)] int? Age);

public sealed record Greeting(string Text, DateTimeOffset At);

public enum Color : byte
{
    Red,
    Green,
}
