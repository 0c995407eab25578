namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>How a server is started.</summary>
/// <param name="Program">The binary, by its path or as it is found by PATH. What it starts itself is killed with it.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ServerStart(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables beside those of this process; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs; null for where this process does.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// Whether it answers. Asked again until it does; an exception is a no. Not needed where <see cref="ReadyLine"/> says it.
    /// </summary>
    public Func<CancellationToken, Task<bool>>? IsReady { get; init; }

    /// <summary>What it writes when it is ready; null when only <see cref="IsReady"/> says it.</summary>
    public string? ReadyLine { get; init; }

    /// <summary>How long it may take to answer. Default: a minute, since the machine may be busy.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(1);
}
