using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Services;

/// <summary>Asks a program to stop when the system does: at the first signal in order, at the second at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    /// <param name="listen">Whether to take signals from the system.</param>
    public StopSignals(bool listen)
    {
        if (!listen) return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _first.Token;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Hurry => _second.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose(); // Waits for a handler that runs.
        _first.Dispose();
        _second.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true; // The process ends when the service has stopped, not now.
        (Interlocked.Increment(ref _count) == 1 ? _first : _second).Cancel();
    }
}
