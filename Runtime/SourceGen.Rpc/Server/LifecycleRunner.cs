using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Server;

/// <summary>Runs what a program does when its server starts and stops, and knows how far that has come, so that it can be undone.</summary>
/// <param name="server">The server.</param>
/// <param name="hooks">What is to be run, in the order in which it starts.</param>
/// <param name="timeout">How long each may take when the server stops.</param>
/// <param name="logger">Told what fails then.</param>
internal sealed class LifecycleRunner(RpcServer server, IReadOnlyList<IRpcServerLifecycle> hooks, TimeSpan timeout, ILogger logger)
{
    private int _starting;
    private int _started;

    /// <summary>Before the server listens.</summary>
    /// <exception cref="InvalidOperationException">One has failed; the message says which.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (IRpcServerLifecycle hook in hooks)
        {
            await StartAsync(hook, nameof(IRpcServerLifecycle.StartingAsync), hook.StartingAsync, cancellationToken).ConfigureAwait(false);
            _starting++;
        }
    }

    /// <summary>When the server serves.</summary>
    /// <exception cref="InvalidOperationException">One has failed; the message says which.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (IRpcServerLifecycle hook in hooks)
        {
            await StartAsync(hook, nameof(IRpcServerLifecycle.StartedAsync), hook.StartedAsync, cancellationToken).ConfigureAwait(false);
            _started++;
        }
    }

    /// <summary>Before the server stops, those that were told that it had started.</summary>
    public async Task StoppingAsync()
    {
        for (; _started > 0; _started--)
        {
            IRpcServerLifecycle hook = hooks[_started - 1];
            await StopAsync(hook, nameof(IRpcServerLifecycle.StoppingAsync), hook.StoppingAsync).ConfigureAwait(false);
        }
    }

    /// <summary>When the server has stopped, those that were told that it would start.</summary>
    public async Task StoppedAsync()
    {
        for (; _starting > 0; _starting--)
        {
            IRpcServerLifecycle hook = hooks[_starting - 1];
            await StopAsync(hook, nameof(IRpcServerLifecycle.StoppedAsync), hook.StoppedAsync).ConfigureAwait(false);
        }
    }

    private async Task StartAsync(
        IRpcServerLifecycle hook, string step, Func<RpcServer, CancellationToken, ValueTask> run, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await run(server, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new InvalidOperationException($"The server did not start: {hook} failed in {step}: {e.Message}", e);
        }
    }

    private async Task StopAsync(IRpcServerLifecycle hook, string step, Func<RpcServer, CancellationToken, ValueTask> run)
    {
        using CancellationTokenSource ending = new(timeout);
        try
        {
            // On the thread pool, and not awaited beyond its time: one that blocks or never ends must not hold up the others.
            await Task.Run(() => run(server, ending.Token).AsTask(), CancellationToken.None).WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            ServerLog.HookTimedOut(logger, hook, step, timeout);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            ServerLog.HookTimedOut(logger, hook, step, timeout);
        }
        catch (Exception e)
        {
            ServerLog.HookFailed(logger, hook, step, e);
        }
    }
}
