namespace SourceGen.Rpc.Hosting.Tests.Support;

[Service]
public partial interface IGreeter
{
    ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default);
}

[Service]
public partial interface ICalculator
{
    ValueTask<int> AddAsync(int a, int b);
}

/// <summary>A service that clients offer to their server.</summary>
[Service]
public partial interface ITitles
{
    ValueTask<string> TitleOfAsync(string name);
}

public sealed class Greeter : IGreeter
{
    public ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default) => new($"Hello, {name}");
}

public sealed class Calculator : ICalculator
{
    public ValueTask<int> AddAsync(int a, int b) => new(a + b);
}
