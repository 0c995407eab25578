namespace SourceGen.Rpc;

/// <summary>
/// Options for the calls made inside it, whichever client and proxy they go through: begin one, make the calls, dispose of it. It flows
/// with the code that began it, through awaits and into tasks; begin it in the method that makes the calls, as a scope that an awaited
/// method began ends with that method.
/// </summary>
/// <example>
/// <code>
/// RpcCallOptions options = new() { Timeout = TimeSpan.FromSeconds(1), Headers = { ["tenant"] = "acme" } };
/// using RpcCallScope scope = RpcCallScope.Begin(options);
/// await greeter.HelloAsync("you");
/// string? cost = scope.Trailers["cost"];
/// </code>
/// </example>
public sealed class RpcCallScope : IDisposable
{
    private readonly RpcCallOptions _options;
    private readonly object? _outer;
    private volatile Reply? _reply;
    private readonly bool _isLimit;
    private volatile bool _isOver;

    private RpcCallScope(RpcCallOptions options, object? outer, bool isLimit = false)
    {
        _options = options.Copy();
        _outer = outer;
        _isLimit = isLimit;
        Expires = options.Timeout is { } timeout && timeout != Timeout.InfiniteTimeSpan
            ? Environment.TickCount64 + (long)timeout.TotalMilliseconds
            : long.MaxValue;
    }

    /// <summary>
    /// The response headers of the call inside this scope whose reply came last, be it a result or an error; empty before. Make one call in
    /// a scope to know which.
    /// </summary>
    public RpcHeaders ResponseHeaders => _reply?.Headers ?? RpcHeaders.Empty;

    /// <summary>The trailers of that call.</summary>
    public RpcHeaders Trailers => _reply?.Trailers ?? RpcHeaders.Empty;

    /// <summary>What the calls inside are made with.</summary>
    internal RpcCallOptions Options => _options;

    /// <summary>When the time of all calls inside has passed, on the engine's clock; <see cref="long.MaxValue"/> for never.</summary>
    internal long Expires { get; }

    /// <summary>The call that is being served around this scope.</summary>
    internal RpcContext? Context => _outer switch
    {
        RpcContext context => context,
        RpcCallScope scope => scope.Context,
        _ => null,
    };

    /// <summary>The scope around this one, if that is not over.</summary>
    internal RpcCallScope? Outer => Innermost(_outer);

    /// <summary>Begins a scope inside the current one, if there is one: what this one does not say holds from that one.</summary>
    /// <param name="options">What the calls are made with; changes that come later have no effect. <see cref="RpcCallOptions.Timeout"/>
    /// begins now and is for all of them together; the time of an outer scope is a limit for the inner.</param>
    public static RpcCallScope Begin(RpcCallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AmbientContext.Use();
        RpcCallScope scope = new(options, AmbientContext.Value);
        AmbientContext.Value = scope;
        return scope;
    }

    /// <summary>
    /// Begins a scope that is no more than a limit: for what is called inside, the scope around it is where replies are noted.
    /// </summary>
    internal static RpcCallScope BeginLimit(TimeSpan timeout)
    {
        AmbientContext.Use();
        RpcCallScope scope = new(new RpcCallOptions { Timeout = timeout }, AmbientContext.Value, isLimit: true);
        AmbientContext.Value = scope;
        return scope;
    }

    /// <summary>
    /// Ends the scope. Calls that were made inside go on with its limit; calls that are made later, also by tasks that it flowed into, are
    /// made without it.
    /// </summary>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        if (AmbientContext.Value == this) AmbientContext.Value = _outer;
    }

    /// <summary>
    /// What calls that are made here and now inherit but for their time, for one that is made again where nothing can be inherited; null for
    /// nothing.
    /// </summary>
    internal static RpcCallOptions? CaptureHeaders()
    {
        if (!AmbientContext.MayHaveValue || AmbientContext.Value is not { } ambient) return null;
        RpcCallOptions captured = new();
        RpcCallScope? innermost = Innermost(ambient);
        RpcContext? context = ambient as RpcContext ?? (ambient as RpcCallScope)?.Context;
        if (context is not null) captured.Baggage.Override(context.Baggage);
        Stack<RpcCallScope> scopes = new();
        for (RpcCallScope? scope = innermost; scope is not null; scope = scope.Outer) scopes.Push(scope);
        foreach (RpcCallScope scope in scopes)
        {
            captured.Headers.Override(scope.Options.Headers);
            captured.Baggage.Override(scope.Options.Baggage);
        }

        return captured.Headers.Count + captured.Baggage.Count > 0 ? captured : null;
    }

    /// <summary>The innermost scope of an ambient value that is not over.</summary>
    internal static RpcCallScope? Innermost(object? ambient)
    {
        RpcCallScope? scope = ambient as RpcCallScope;
        while (scope is { _isOver: true }) scope = scope._outer as RpcCallScope;
        return scope;
    }

    /// <summary>A call inside got its reply.</summary>
    internal void SetReply(RpcHeaders headers, RpcHeaders trailers)
    {
        if (_isLimit) Outer?.SetReply(headers, trailers);
        else _reply = new Reply(headers, trailers);
    }

    private sealed record Reply(RpcHeaders Headers, RpcHeaders Trailers);
}
