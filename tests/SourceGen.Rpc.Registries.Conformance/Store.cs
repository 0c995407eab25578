using System.Collections.Immutable;
using System.Diagnostics;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// The store as the suite uses it: writes through the registry, or by the fixture's other means where programs only read it, and waits
/// until a reader sees what is expected, since not every store shows at once what was written.
/// </summary>
public sealed class Store(RegistryFixture fixture) : IAsyncDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    /// <summary>A client of its own.</summary>
    public IRegistry Registry { get; } = fixture.Create();

    /// <summary>Enters the nodes of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="options">How, where the registry is what enters it.</param>
    public async Task PutAsync(ServiceRecord record, RegisterOptions? options = null)
    {
        if (fixture.CanRegister) await Registry.RegisterAsync(record, options).AsTask().WaitAsync(fixture.Patience);
        else await fixture.WriteAsync(record).WaitAsync(fixture.Patience);
    }

    /// <summary>Removes the nodes of a record.</summary>
    /// <param name="record">The record.</param>
    public async Task RemoveAsync(ServiceRecord record)
    {
        if (fixture.CanRegister) await Registry.DeregisterAsync(record).AsTask().WaitAsync(fixture.Patience);
        else await fixture.RemoveAsync(record).WaitAsync(fixture.Patience);
    }

    /// <summary>What readers see when these records were written and nothing else.</summary>
    /// <param name="records">The records.</param>
    public ImmutableArray<ServiceRecord> Expect(params IEnumerable<ServiceRecord> records) =>
        ServiceRecord.Merge(records.Select(fixture.AsRead));

    /// <summary>Reads a service until exactly these records are read.</summary>
    /// <param name="service">The service.</param>
    /// <param name="expected">The records, merged.</param>
    public async Task ReadUntilAsync(string service, ImmutableArray<ServiceRecord> expected)
    {
        string last = "";
        bool isRead = await UntilAsync(async () =>
        {
            try
            {
                ImmutableArray<ServiceRecord> records = await Registry.GetServiceAsync(service);
                last = RecordText.Of(records);
                return records.AsSpan().SequenceEqual(expected.AsSpan());
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.NotFound)
            {
                last = e.Message;
                return false;
            }
        });
        if (!isRead) Assert.Fail($"Expected: {RecordText.Of(expected)}\nRead last: {last}");
    }

    /// <summary>Reads a service until it is not found, and looks at the error.</summary>
    /// <param name="service">The service.</param>
    /// <param name="patience">How long that may take; null for the fixture's.</param>
    public async Task ReadUntilNotFoundAsync(string service, TimeSpan? patience = null)
    {
        string last = "";
        bool isGone = await UntilAsync(
            async () =>
            {
                try
                {
                    last = RecordText.Of(await Registry.GetServiceAsync(service));
                    return false;
                }
                catch (RpcException e) when (e.Code == RpcStatusCode.NotFound)
                {
                    Assert.Equal(RegistryErrors.NotFound(service, Registry.Address).Message, e.Message);
                    return true;
                }
            },
            patience);
        if (!isGone) Assert.Fail($"'{service}' is still found: {last}");
    }

    /// <summary>Lists services until something holds of the list.</summary>
    /// <param name="condition">What.</param>
    public async Task ListUntilAsync(Func<ImmutableArray<string>, bool> condition)
    {
        ImmutableArray<string> last = [];
        bool isListed = await UntilAsync(async () =>
        {
            last = await Registry.ListServicesAsync();
            Assert.Equal(last.Order(StringComparer.Ordinal).Distinct(), last);
            return condition(last);
        });
        if (!isListed) Assert.Fail($"Listed last: {string.Join(", ", last)}");
    }

    /// <summary>Follows a service with this client.</summary>
    /// <param name="service">The service; null for all.</param>
    /// <param name="resumes">Whether to begin again after a failure.</param>
    public WatchRecorder Watch(string? service, bool resumes = false) => new(Registry, service, fixture.Patience, resumes);

    /// <summary>Closes the client.</summary>
    public ValueTask DisposeAsync() => Registry.DisposeAsync();

    private async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition().WaitAsync(fixture.Patience))
        {
            if (Stopwatch.GetElapsedTime(start) > (patience ?? fixture.Patience)) return false;
            await Task.Delay(s_poll);
        }

        return true;
    }
}
