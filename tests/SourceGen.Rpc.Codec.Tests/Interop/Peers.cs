namespace SourceGen.Rpc.Codec.Tests.Interop;

/// <summary>What both other implementations answered to all cases, asked once for the whole class.</summary>
public sealed class Peers : IAsyncLifetime
{
    private const string InstallPython = "Install the Debian package python3-msgpack; the tests run /usr/bin/python3.";
    private const string InstallNode = "Install the Debian packages nodejs (18 or later) and npm; "
        + "'npm ci' fetches @msgpack/msgpack by itself.";

    private readonly Dictionary<string, string[]> _answers = [];

    public async Task InitializeAsync()
    {
        await AskAsync("python", "/usr/bin/python3", "peer.py", InstallPython);
        if (!Directory.Exists(Path.Combine(PeerProcess.Folder, "node_modules", "@msgpack", "msgpack")))
        {
            await PeerProcess.RunAsync("npm", ["ci", "--ignore-scripts"], "", InstallNode);
        }

        await AskAsync("javascript", "node", "peer.mjs", InstallNode);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal string Read(string peer, InteropCase @case) => _answers[peer + " decode"][InteropCase.All.IndexOf(@case)];

    internal string Written(string peer, InteropCase @case) => _answers[peer + " encode"][InteropCase.All.IndexOf(@case)];

    private async Task AskAsync(string peer, string program, string script, string install)
    {
        IEnumerable<string> bytes = InteropCase.All.Select(c => Convert.ToHexStringLower(c.Encode()));
        IEnumerable<string> values = InteropCase.All.Select(c => c.Canonical);
        _answers[peer + " decode"] = await PeerProcess.AnswerAsync(program, [script, "decode"], bytes, install);
        _answers[peer + " encode"] = await PeerProcess.AnswerAsync(program, [script, "encode"], values, install);
    }
}
