namespace SourceGen.Rpc.Discovery;

/// <summary>How a program gets on with its registry.</summary>
/// <param name="IsConnected">Whether what was asked last was answered; also when nothing was asked yet.</param>
/// <param name="Since">Since when.</param>
/// <param name="Problem">What went wrong last; null while it is connected.</param>
public sealed record RegistryState(bool IsConnected, DateTimeOffset Since, string? Problem = null)
{
    /// <summary>The state in words, for messages.</summary>
    public override string ToString() => IsConnected ? $"connected since {Since:u}" : $"not connected since {Since:u}: {Problem}";
}
