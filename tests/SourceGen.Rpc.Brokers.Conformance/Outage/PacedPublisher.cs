using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>
/// Publishes all messages of a ledger at a rate, many at a time, each until it is acknowledged. Behind an outage it makes up for what it could not
/// publish meanwhile, as fast as the engine takes it.
/// </summary>
internal sealed class PacedPublisher : IAsyncDisposable
{
    /// <summary>How many wait for their confirmation at most, so that an outage fills no memory.</summary>
    private const int MaxInFlight = 1_000;

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly IBroker _broker;
    private readonly string _topic;
    private readonly MessageLedger _ledger;
    private readonly int _rate;
    private readonly SemaphoreSlim _slots = new(MaxInFlight);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _acknowledged;

    public PacedPublisher(IBroker broker, string topic, MessageLedger ledger, int rate)
    {
        _broker = broker;
        _topic = topic;
        _ledger = ledger;
        _rate = rate;
        Finished = Task.Run(RunAsync);
    }

    /// <summary>Completes when all are acknowledged.</summary>
    public Task Finished { get; }

    /// <summary>How many publishes have completed.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>How many publishes failed, and were repeated.</summary>
    public int Failures => _failures.Values.Sum();

    /// <summary>What they failed with.</summary>
    public string FailuresText => string.Join(", ", _failures.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} {pair.Value:N0}"));

    /// <summary>How many waited for their confirmation at a time.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>How many were not begun with, though it was their time.</summary>
    public int LongestBacklog { get; private set; }

    /// <summary>What no broker may throw.</summary>
    public ConcurrentQueue<Exception> Problems { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Finished.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Acknowledged:N0} of {_ledger.Total:N0} are acknowledged, {MaxInFlight - _slots.CurrentCount:N0} are in flight; the broker is {_broker.State}; "
        + $"failures: {FailuresText}; {string.Join(Environment.NewLine, Problems.Take(3))}";

    private async Task RunAsync()
    {
        for (int next = 0; next < _ledger.Total;)
        {
            int due = (int)Math.Min(_ledger.Total, Elapsed.TotalSeconds * _rate);
            LongestBacklog = Math.Max(LongestBacklog, due - next);
            for (; next < due; next++)
            {
                await _slots.WaitAsync(_stop.Token);
                _ = PublishAsync(next);
            }

            MostInFlight = Math.Max(MostInFlight, MaxInFlight - _slots.CurrentCount);
            await Task.Delay(s_tick, _stop.Token);
        }

        for (int i = 0; i < MaxInFlight; i++) await _slots.WaitAsync(_stop.Token);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is kept, and fails the test.")]
    private async Task PublishAsync(int number)
    {
        OutgoingMessage message = MessageLedger.CreateMessage(_topic, number);
        while (!_stop.IsCancellationRequested)
        {
            _ledger.NotePublishing(number);
            try
            {
                await _broker.PublishAsync(message, _stop.Token);
                Interlocked.Increment(ref _acknowledged);
                break;
            }
            catch (RpcException e)
            {
                _failures.AddOrUpdate($"{e.Code}/{e.Progress}", 1, static (_, count) => count + 1);
            }
            catch (Exception e)
            {
                if (!_stop.IsCancellationRequested) Problems.Enqueue(e);
            }

            await Task.Delay(s_pause);
        }

        _slots.Release();
    }
}
