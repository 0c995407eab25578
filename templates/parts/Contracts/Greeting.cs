namespace Rpc_App.Contracts;

/// <summary>A greeting, and when the server wrote it.</summary>
public sealed record Greeting(string Text, DateTimeOffset At);
