namespace SourceGen.Rpc.PubSub;

/// <summary>How a program gets on with its broker.</summary>
/// <param name="Status">Whether it is connected.</param>
/// <param name="Since">Since when.</param>
/// <param name="Problem">What went wrong last; null while it is connected, or nobody asked.</param>
public sealed record BrokerState(BrokerStatus Status, DateTimeOffset Since, string? Problem = null)
{
    /// <summary>The state in words, for messages.</summary>
    public override string ToString() => Problem is null ? $"{Status} since {Since:u}" : $"{Status} since {Since:u}: {Problem}";
}
