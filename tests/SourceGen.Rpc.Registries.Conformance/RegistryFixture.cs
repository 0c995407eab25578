using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// What a plug-in tells the suite about its registry: how clients of it are made, what the store behind it can do, and how its server is
/// killed. Used as a class fixture, so that the server starts once for all tests of the class.
/// </summary>
public abstract class RegistryFixture : IAsyncLifetime
{
    private static int s_names;

    /// <summary>
    /// Whether servers enter themselves. When not, <see cref="WriteAsync"/> and <see cref="RemoveAsync"/> do it for the suite.
    /// </summary>
    public virtual bool CanRegister => true;

    /// <summary>Whether all services can be followed at once; when not, Unimplemented is expected.</summary>
    public virtual bool CanWatchAll => true;

    /// <summary>Whether services can be listed; when not, Unimplemented is expected.</summary>
    public virtual bool CanList => true;

    /// <summary>Whether records stay until they are deregistered; when not, Unimplemented is expected for those that should.</summary>
    public virtual bool CanPersist => true;

    /// <summary>Whether a watch says what changed; when not, snapshots are expected.</summary>
    public virtual bool ReportsChanges => true;

    /// <summary>
    /// Whether names, ids and addresses may hold every character; when not, InvalidArgument is expected for a record that has unusual ones.
    /// </summary>
    public virtual bool KeepsAnyName => true;

    /// <summary>Whether a server stands behind it, which <see cref="KillServerAsync"/> kills.</summary>
    public virtual bool HasServer => false;

    /// <summary>The shortest time to live that the store can do.</summary>
    public virtual TimeSpan ShortestTimeToLive => TimeSpan.FromSeconds(1);

    /// <summary>How long after a lease's end its node may still be seen.</summary>
    public virtual TimeSpan LeaseEndsWithin => TimeSpan.FromSeconds(20);

    /// <summary>How long the suite waits for anything else before it fails.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    /// <summary>Within which time of the server's return a watch must see a new node.</summary>
    public virtual TimeSpan RecoversWithin => TimeSpan.FromSeconds(2);

    /// <summary>How often races are repeated.</summary>
    public virtual int Rounds => 20;

    /// <summary>How many services the big registry has.</summary>
    public virtual int BigServices => 500;

    /// <summary>How many nodes each service of the big registry has.</summary>
    public virtual int BigNodes => 20;

    /// <summary>Starts what is needed.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Stops it and removes what it left.</summary>
    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A new client of the store, independent of all others.</summary>
    public abstract IRegistry Create();

    /// <summary>
    /// A client of a server that cannot be reached, whose operations end within <see cref="Patience"/>; null where there is no such
    /// thing.
    /// </summary>
    public virtual IRegistry? CreateUnreachable() => null;

    /// <summary>
    /// Makes the leases of a client end as if its process had stopped renewing; afterwards the client can be used again. By default
    /// nothing: they end by themselves. For stores that hang leases on a connection.
    /// </summary>
    /// <param name="registrar">A client that <see cref="Create"/> made.</param>
    public virtual Task StopRenewingAsync(IRegistry registrar) => Task.CompletedTask;

    /// <summary>Kills the server, as by <c>kill -9</c>.</summary>
    public virtual Task KillServerAsync() => Task.CompletedTask;

    /// <summary>Starts it again at the same address; returns when it answers.</summary>
    public virtual Task RestartServerAsync() => Task.CompletedTask;

    /// <summary>Writes the nodes of a record by other means than the registry's. Thread safe.</summary>
    /// <param name="record">The record.</param>
    public virtual Task WriteAsync(ServiceRecord record) =>
        throw new NotSupportedException($"{GetType().Name} has no other means to write.");

    /// <summary>Removes the nodes of a record by other means than the registry's. Thread safe.</summary>
    /// <param name="record">The record.</param>
    public virtual Task RemoveAsync(ServiceRecord record) =>
        throw new NotSupportedException($"{GetType().Name} has no other means to remove.");

    /// <summary>Enters the records of the big registry. By default one after the other of eight at once.</summary>
    /// <param name="registrar">A client, for the stores that register by it.</param>
    /// <param name="records">The records.</param>
    public virtual Task FillAsync(IRegistry registrar, IReadOnlyList<ServiceRecord> records) => Parallel.ForEachAsync(
        records,
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (record, token) => await (CanRegister
            ? registrar.RegisterAsync(record, cancellationToken: token).AsTask()
            : WriteAsync(record)));

    /// <summary>
    /// Removes the records of the big registry, which the tests after it need not carry. By default one after the other of eight at once.
    /// </summary>
    /// <param name="registrar">The client that <see cref="FillAsync"/> was given.</param>
    /// <param name="records">The records.</param>
    public virtual Task EmptyAsync(IRegistry registrar, IReadOnlyList<ServiceRecord> records) => Parallel.ForEachAsync(
        records,
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (record, token) => await (CanRegister
            ? registrar.DeregisterAsync(record, cancellationToken: token).AsTask()
            : RemoveAsync(record)));

    /// <summary>What is read of a record that was written, where the store cannot keep all of it. By default all.</summary>
    /// <param name="record">The record as written.</param>
    public virtual ServiceRecord AsRead(ServiceRecord record) => record;

    /// <summary>A service's name that no other test has.</summary>
    /// <param name="purpose">A short word for messages, of ASCII letters.</param>
    public virtual string NewName(string purpose) => $"Suite.{purpose}{Environment.ProcessId}-{Interlocked.Increment(ref s_names)}";
}
