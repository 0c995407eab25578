using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// Asks a server's own check whether it may be registered, within its time. A check is the program's code: it may throw, or never end, and is
/// not asked again while it has not ended.
/// </summary>
/// <param name="options">The check, and its time.</param>
/// <param name="logger">Told when it begins to fail.</param>
internal sealed class RegistrationCheck(RpcRegistrationOptions options, ILogger logger)
{
    private Task<bool>? _running;
    private bool _failed;

    /// <summary>Asks it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it has passed; true when there is none.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<bool> PassesAsync(CancellationToken cancellationToken)
    {
        if (options.Check is not { } check) return true;
        using CancellationTokenSource ending = new(options.CheckTimeout, options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        CancellationToken token = either.Token;
        try
        {
            // On the thread pool: it may block as well.
            _running ??= Task.Run(() => check(token).AsTask(), CancellationToken.None);
            bool passes = await _running.WaitAsync(token).ConfigureAwait(false);
            _running = null;
            _failed = false;
            return passes;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Forget();
            throw;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            if (!_failed) DirectoryLog.CheckTimedOut(logger, options.CheckTimeout);
        }
        catch (Exception e)
        {
            if (!_failed) DirectoryLog.CheckFailed(logger, e);
        }

        _failed = true;
        Forget();
        return false;
    }

    /// <summary>Asked again only if it has ended; what it throws after its time is nobody's.</summary>
    private void Forget()
    {
        if (_running is not { IsCompleted: true } running) return;
        _ = running.Exception;
        _running = null;
    }
}
