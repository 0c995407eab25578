using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Carries out operations within their time: again over the next connection when one breaks, so an operation must not mind being done
/// twice. What goes wrong comes out as the errors that all registries have in common.
/// </summary>
internal sealed class OperationRunner(string address, TimeSpan timeout, bool hasCredentials, ZooKeeperClient client)
{
    public string Address { get; } = address;

    /// <summary>Carries out an operation.</summary>
    /// <param name="what">What it does, for messages: <c>register Greeter</c>.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> RunAsync<T>(string what, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(timeout);
        Exception? lost = null;
        while (true)
        {
            try
            {
                return await operation(time.Token).ConfigureAwait(false);
            }
            catch (ConnectionLostException e) when (e.InnerException is ZooKeeperException cause && cause.Error.IsUnauthenticated())
            {
                throw RegistryErrors.Refused(Address, what, isKnown: false, e.InnerException.Message);
            }
            catch (ConnectionLostException e)
            {
                lost = e;
            }
            catch (ServersUnreachableException e)
            {
                throw RegistryErrors.Unavailable(Address, what, $"{e.Message}. Check the address, and that a server runs there.", e);
            }
            catch (ZooKeeperException e)
            {
                throw Translate(e, what);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                string reason = client.LastProblem
                    ?? lost?.Message
                    ?? "the servers do not answer, or others change the same nodes all the time";
                throw RegistryErrors.Unavailable(Address, what, $"it was not done within {timeout.TotalSeconds} s; {reason}", lost ?? e);
            }
        }
    }

    private RpcException Translate(ZooKeeperException e, string what)
    {
        if (e.Error.IsUnauthenticated()) return RegistryErrors.Refused(Address, what, isKnown: false, e.Message);
        // By the scheme digest, a password that is wrong is merely another identity.
        return e.Error is ErrorCode.NoAuth or ErrorCode.InvalidAcl
            ? RegistryErrors.Refused(Address, what, hasCredentials, e.Message)
            : RegistryErrors.Unavailable(Address, what, e.Message, e);
    }
}
