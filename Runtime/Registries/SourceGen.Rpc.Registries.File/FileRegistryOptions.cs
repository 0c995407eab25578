namespace SourceGen.Rpc.Registries.File;

/// <summary>Where and how a <see cref="FileRegistry"/> keeps its files.</summary>
public sealed class FileRegistryOptions
{
    /// <summary>
    /// The directory. It is created when it is missing, for this user alone; one that is there keeps its permissions, and files in it get
    /// the same. Default: empty, a directory of this user's in <c>$XDG_RUNTIME_DIR</c>, for root in <c>/run</c>, or else in the directory
    /// for temporary files (on Windows in the user's local application data).
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>
    /// How often a watch reads the directory again, for changes that the file system did not announce. From 10 ms to an hour. Default: a
    /// second.
    /// </summary>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after its lease's end the file of a node is removed, by whoever comes across it. Positive. Default: 10 minutes.
    /// </summary>
    public TimeSpan RemoveExpiredAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether a leased node is left out as soon as the process that registered it is known to have ended on this machine, without waiting
    /// for its lease's end. Set it to false where one process registers and then ends while another serves. Default: true.
    /// </summary>
    public bool LeavesOutDeadProcesses { get; set; } = true;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    internal void Validate()
    {
        if (RescanInterval < TimeSpan.FromMilliseconds(10) || RescanInterval > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{nameof(RescanInterval)} is {RescanInterval}; it must be from 10 ms to an hour.");
        }

        if (RemoveExpiredAfter <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(RemoveExpiredAfter)} is {RemoveExpiredAfter}; it must be positive.");
        }

        ArgumentNullException.ThrowIfNull(Time);
        ArgumentNullException.ThrowIfNull(Directory);
    }
}
