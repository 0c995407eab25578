using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>Registers a record again and again, as a server does, whatever happens to the registry.</summary>
public sealed class RegistrationLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _registering;
    private int _failures;
    private int _successes;

    /// <summary>Starts to register.</summary>
    /// <param name="registrar">Where; it is not disposed of.</param>
    /// <param name="record">What.</param>
    /// <param name="options">How.</param>
    /// <param name="interval">The time between two registrations.</param>
    public RegistrationLoop(IServiceRegistrar registrar, ServiceRecord record, RegisterOptions options, TimeSpan interval)
    {
        _registering = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await registrar.RegisterAsync(record, options, _stop.Token);
                    Interlocked.Increment(ref _successes);
                }
                catch (RpcException e) when (e.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
                {
                    Interlocked.Increment(ref _failures);
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    break;
                }

                await Task.Delay(interval, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        });
    }

    /// <summary>How often the registry could not be reached.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>How often it was registered.</summary>
    public int Successes => Volatile.Read(ref _successes);

    /// <summary>Stops; throws what registering failed with, other than an unreachable registry.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _registering.WaitAsync(TimeSpan.FromSeconds(20));
        _stop.Dispose();
    }
}
