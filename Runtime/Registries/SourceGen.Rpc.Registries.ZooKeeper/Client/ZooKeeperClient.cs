using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// A session with an ensemble, over one connection at a time. It is begun by the first request, continued at another server when the
/// connection breaks, and made anew when it has expired. Requests that were under way when the connection broke fail with
/// <see cref="ConnectionLostException"/>; watches go on at the next server. Thread safe.
/// </summary>
internal sealed class ZooKeeperClient : IAsyncDisposable
{
    /// <summary>Versions that match every node.</summary>
    public const int AnyVersion = -1;

    /// <summary>
    /// The most that one request can hold: what servers take by default (<c>jute.maxbuffer</c>, 1 MiB), less what surrounds it.
    /// </summary>
    public const int MaxRequestLength = 1024 * 1024 - 1024;

    private const int EphemeralFlag = 1;

    private readonly SessionKeeper _session;
    private readonly ClientSettings _settings;

    public ZooKeeperClient(ClientSettings settings, ZooKeeperLog log)
    {
        _settings = settings;
        _session = new SessionKeeper(settings, log);
    }

    /// <summary>The session; 0 when there is none. As it was when it was last heard of: it can have expired since.</summary>
    public long SessionId => _session.Current.SessionId;

    /// <summary>What is known of the session, for tests that end it by other means.</summary>
    public ConnectResponse Session => _session.Current;

    /// <summary>What went wrong last; null when nothing did since the last connection was made.</summary>
    public string? LastProblem => _session.LastProblem;

    /// <summary>Asks for another timeout of the session, now when there is one.</summary>
    public void SetSessionTimeout(TimeSpan timeout) => _session.SetTimeout(timeout);

    /// <summary>Lets a watcher set watches, until it is detached or everything is lost.</summary>
    public void Attach(INodeWatcher watcher) => _session.Watches.Attach(watcher);

    public void Detach(INodeWatcher watcher) => _session.Watches.Detach(watcher);

    /// <summary>Creates a node.</summary>
    /// <returns>Also <see cref="ErrorCode.NodeExists"/>, and <see cref="ErrorCode.NoNode"/> when it has no parent.</returns>
    public async Task<ErrorCode> CreateAsync(string path, ReadOnlyMemory<byte> data, bool isEphemeral, CancellationToken cancellationToken)
    {
        JuteWriter body = new();
        WriteCreate(body, path, data.Span, isEphemeral);
        return await AskAsync(OpCode.Create, path, body, [ErrorCode.NodeExists, ErrorCode.NoNode], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a node.</summary>
    /// <returns>Also <see cref="ErrorCode.NoNode"/>, <see cref="ErrorCode.BadVersion"/> and <see cref="ErrorCode.NotEmpty"/>.</returns>
    public async Task<ErrorCode> DeleteAsync(string path, int version, CancellationToken cancellationToken) => await AskAsync(
        OpCode.Delete,
        path,
        new JuteWriter().Text(path).Int(version),
        [ErrorCode.NoNode, ErrorCode.BadVersion, ErrorCode.NotEmpty],
        cancellationToken).ConfigureAwait(false);

    /// <summary>Changes a node's data.</summary>
    /// <returns>Also <see cref="ErrorCode.NoNode"/> and <see cref="ErrorCode.BadVersion"/>.</returns>
    public async Task<ErrorCode> SetDataAsync(
        string path, ReadOnlyMemory<byte> data, int version, CancellationToken cancellationToken) => await AskAsync(
        OpCode.SetData,
        path,
        new JuteWriter().Text(path).Buffer(data.Span).Int(version),
        [ErrorCode.NoNode, ErrorCode.BadVersion],
        cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes a node and creates it again, for this session, in one step: nobody sees it missing.</summary>
    /// <returns>As for deleting.</returns>
    public async Task<ErrorCode> ReplaceAsync(
        string path, int version, ReadOnlyMemory<byte> data, bool isEphemeral, CancellationToken cancellationToken)
    {
        JuteWriter body = new();
        BeginOperation(body, OpCode.Delete).Text(path).Int(version);
        WriteCreate(BeginOperation(body, OpCode.Create), path, data.Span, isEphemeral);
        return await TransactAsync(path, body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates a node with directories above it in one step, so that nobody can remove them while they are empty.</summary>
    /// <param name="directories">The directories that are missing, the highest first.</param>
    /// <returns>As for creating; nothing was created then.</returns>
    public async Task<ErrorCode> CreateAsync(
        IEnumerable<string> directories, string path, ReadOnlyMemory<byte> data, bool isEphemeral, CancellationToken cancellationToken)
    {
        JuteWriter body = new();
        foreach (string directory in directories) WriteCreate(BeginOperation(body, OpCode.Create), directory, [], isEphemeral: false);
        WriteCreate(BeginOperation(body, OpCode.Create), path, data.Span, isEphemeral);
        return await TransactAsync(path, body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a node is there. The watch is set either way.</summary>
    public async Task<bool> ExistsAsync(string path, INodeWatcher? watcher, CancellationToken cancellationToken) =>
        await ReadAsync(OpCode.Exists, path, NodeStat.Read, watcher, cancellationToken).ConfigureAwait(false) is { Error: ErrorCode.Ok };

    /// <summary>Reads a node's data; null when it is not there.</summary>
    public async Task<NodeData?> GetDataAsync(string path, CancellationToken cancellationToken) =>
        (await ReadAsync(OpCode.GetData, path, NodeData.Read, watcher: null, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>
    /// Reads the data of several nodes in one request, which costs a server a fraction of as many requests. The watches are set before, by
    /// another one, as this kind sets none; what changes in between is told, and read again.
    /// </summary>
    /// <returns>For each node its data, or why it could not be read. There is a watch on those that could be read.</returns>
    public async Task<Reply<NodeData>[]> GetDataAsync(
        IReadOnlyList<string> paths, INodeWatcher? watcher, CancellationToken cancellationToken)
    {
        JuteWriter body = new();
        foreach (string path in paths) BeginOperation(body, OpCode.GetData).Text(path).Boolean(false);
        EndOperations(body);
        PendingRequest<Reply<NodeData>[]> read = new(
            OpCode.MultiRead, paths[0], body.ToArray(), (ref JuteReader reader) => MultiResult.ReadData(ref reader, paths.Count));
        PendingRequest<bool> watch = new(
            OpCode.SetWatches, paths[0], watcher is null ? [] : WatchRequests.Write(paths).ToArray(), static (ref JuteReader _) => true)
        {
            Watcher = watcher,
            WatchedPaths = paths,
        };
        ZooKeeperConnection connection = await _session.GetConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (watcher is not null)
        {
            connection.Send(watch);
            // Over the same connection, and without waiting: requests are carried out in their order.
            connection.Send(read);
            Expect((await WaitAsync(watch, cancellationToken).ConfigureAwait(false)).Error, [], watch.Op, watch.Path);
        }
        else
        {
            connection.Send(read);
        }

        Reply<Reply<NodeData>[]> reply = await WaitAsync(read, cancellationToken).ConfigureAwait(false);
        Expect(reply.Error, [], read.Op, read.Path);
        return reply.Value!;
    }

    /// <summary>Reads the names of a node's children; null when it is not there, and no watch is set then.</summary>
    public async Task<string[]?> GetChildrenAsync(string path, INodeWatcher? watcher, CancellationToken cancellationToken) =>
        (await ReadAsync(OpCode.GetChildren2, path, ReadNames, watcher, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>Ends without a word, as a process that dies does: what is ephemeral stays until the session expires.</summary>
    public ValueTask AbandonAsync() => _session.StopAsync(closesSession: false);

    /// <summary>Ends the session, and with it everything ephemeral.</summary>
    public ValueTask DisposeAsync() => _session.StopAsync(closesSession: true);

    private static string[] ReadNames(ref JuteReader reader) => reader.ReadTexts();

    private static ErrorCode Expect(ErrorCode error, ErrorCode[] expected, OpCode op, string path) =>
        error == ErrorCode.Ok || Array.IndexOf(expected, error) >= 0 ? error : throw new ZooKeeperException(error, $"{op} {path}");

    /// <summary>Writes what stands before each operation of several.</summary>
    private static JuteWriter BeginOperation(JuteWriter body, OpCode op) => body.Int((int)op).Boolean(false).Int(-1);

    private static void EndOperations(JuteWriter body) => body.Int(-1).Boolean(true).Int(-1);

    private async Task<ErrorCode> TransactAsync(string path, JuteWriter body, CancellationToken cancellationToken)
    {
        EndOperations(body);
        PendingRequest<ErrorCode> request = new(OpCode.Multi, path, body.ToArray(), MultiResult.Read);
        Reply<ErrorCode> reply = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        ErrorCode error = reply.Error == ErrorCode.Ok ? reply.Value : reply.Error;
        return Expect(error, [ErrorCode.NoNode, ErrorCode.BadVersion, ErrorCode.NotEmpty, ErrorCode.NodeExists], OpCode.Multi, path);
    }

    private void WriteCreate(JuteWriter body, string path, ReadOnlySpan<byte> data, bool isEphemeral) =>
        body.Text(path).Buffer(data).Raw(_settings.Access).Int(isEphemeral ? EphemeralFlag : 0);

    private async Task<Reply<T>> ReadAsync<T>(
        OpCode op, string path, JuteParser<T> parse, INodeWatcher? watcher, CancellationToken cancellationToken)
    {
        byte[] body = new JuteWriter().Text(path).Boolean(watcher is not null).ToArray();
        PendingRequest<T> request = new(op, path, body, parse) { Watcher = watcher };
        Reply<T> reply = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        Expect(reply.Error, [ErrorCode.NoNode], op, path);
        return reply;
    }

    private async Task<ErrorCode> AskAsync(
        OpCode op, string path, JuteWriter body, ErrorCode[] expected, CancellationToken cancellationToken)
    {
        PendingRequest<bool> request = new(op, path, body.ToArray(), static (ref JuteReader _) => true);
        return Expect((await SendAsync(request, cancellationToken).ConfigureAwait(false)).Error, expected, op, path);
    }

    private async Task<Reply<T>> SendAsync<T>(PendingRequest<T> request, CancellationToken cancellationToken)
    {
        ZooKeeperConnection connection = await _session.GetConnectionAsync(cancellationToken).ConfigureAwait(false);
        connection.Send(request);
        return await WaitAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Reply<T>> WaitAsync<T>(PendingRequest<T> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            request.Abandon();
            throw;
        }
    }
}
