namespace SourceGen.Rpc;

/// <summary>
/// When a call that was refused because of a rate limit may be made again: the typed detail of its <see cref="RpcException"/>, if the
/// server knows. No contract has to declare it.
/// </summary>
/// <example>
/// <code>
/// catch (RpcException e) when (e.TryGetDetail(out RpcRetryAfter? retry))
/// {
///     await Task.Delay(retry.Delay);
/// }
/// </code>
/// </example>
/// <param name="Delay">How long to wait, from when the error was sent; at least zero, in whole milliseconds.</param>
public sealed record RpcRetryAfter(TimeSpan Delay);
