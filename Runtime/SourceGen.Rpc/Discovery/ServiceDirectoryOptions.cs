using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SourceGen.Rpc.Discovery;

/// <summary>How a directory follows its registry.</summary>
public sealed class ServiceDirectoryOptions
{
    /// <summary>
    /// How long nodes are kept that a registry suddenly does not know any more: one that answers as if it were empty, or that was away and
    /// may have lost what servers are about to register again. A node that is deregistered, or whose lease ends while the registry is up,
    /// is gone at once. Default: 90 seconds, the time in which servers register again.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// How often a service is read again beside following it, for the case that changes stopped coming without an error. Default: 1 minute.
    /// </summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The wait before a registry that failed is asked again; it doubles with each further failure, and each is shortened at random. It
    /// never gives up. Default: 50 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest of these waits. Default: 1 second.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A directory for files in which the last good snapshot of each service outlives the program, for a start while the registry is down.
    /// It is created. Default: null, none is kept.
    /// </summary>
    public string? CachePath { get; set; }

    /// <summary>The most services that are followed at once. Default: 10,000.</summary>
    public int MaxServices { get; set; } = 10_000;

    /// <summary>Where logs go. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireTime(Grace, nameof(Grace), TimeSpan.Zero);
        RequireTime(RefreshInterval, nameof(RefreshInterval), TimeSpan.FromMilliseconds(100));
        RequireTime(RetryDelay, nameof(RetryDelay), TimeSpan.FromMilliseconds(1));
        RequireTime(MaxRetryDelay, nameof(MaxRetryDelay), RetryDelay);
        if (MaxServices < 1) throw new ArgumentException($"{nameof(MaxServices)} is {MaxServices:N0}; it must be at least 1.");
        if (CachePath is { Length: 0 }) throw new ArgumentException($"{nameof(CachePath)} is empty; leave it null for no files.");
    }

    internal ServiceDirectoryOptions Copy() => (ServiceDirectoryOptions)MemberwiseClone();

    private static void RequireTime(TimeSpan value, string name, TimeSpan least)
    {
        if (value < least || value > TimeSpan.FromDays(1)) throw new ArgumentException($"{name} is {value}; it must be from {least} to a day.");
    }
}
