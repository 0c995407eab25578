using System.Runtime.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Follows one service, or all. As long as the session lives, changes are told one by one, whichever server it is at. A new session cannot
/// say what happened before it, so everything is read anew, and told as a snapshot.
/// </summary>
internal static class RecordWatch
{
    public static async IAsyncEnumerable<RegistryEvent> RunAsync(
        ZooKeeperClient client,
        OperationRunner runner,
        Func<INodeWatcher, RecordTree> createTree,
        string what,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TreeChanges changes = new();
        client.Attach(changes);
        try
        {
            while (true)
            {
                // What was noted before does not matter: everything is read.
                Exception? lost = changes.Take().Lost;
                if (lost is not null) throw Failed(runner, what, lost);
                RecordTree tree = createTree(changes);
                await tree.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (changes.IsSessionLost) continue;
                tree.SetTold();
                yield return RegistryEvent.Snapshot(tree.Records);
                while (true)
                {
                    await changes.WaitAsync(cancellationToken).ConfigureAwait(false);
                    (HashSet<string> paths, bool isSessionLost, lost) = changes.Take();
                    if (lost is not null) throw Failed(runner, what, lost);
                    if (isSessionLost) break;
                    foreach (string path in paths) tree.Invalidate(path);
                    await tree.ReadAsync(cancellationToken).ConfigureAwait(false);
                    if (changes.IsSessionLost) break;
                    foreach (RegistryEvent change in tree.TakeEvents()) yield return change;
                }
            }
        }
        finally
        {
            client.Detach(changes);
        }
    }

    private static RpcException Failed(OperationRunner runner, string what, Exception lost) =>
        RegistryErrors.Unavailable(runner.Address, what, $"{lost.Message}. Watch again to go on.", lost);
}
