using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// What a registry does when the files of certificates are replaced while it is in use. Its server is started again each time: that ends the
/// connections, and has the server read its own files.
/// </summary>
/// <param name="registry">A client of an encrypted server, which checks certificates of clients.</param>
/// <param name="authorityPath">The file with the authorities that the client trusts, which the server does not read.</param>
/// <param name="renew">Puts certificates of another authority in the place of all there are, of both sides.</param>
/// <param name="restart">Kills the server and starts it again.</param>
/// <param name="logged">What the client has logged.</param>
public sealed class CertificateRotation(
    IRegistry registry, string authorityPath, Func<Task> renew, Func<Task> restart, Func<IReadOnlyCollection<string>> logged)
{
    private readonly ServiceRecord _record = new("Rotated", "1.0") { Nodes = [new ServiceNode("a", "tcp://10.0.0.1:5000")] };

    /// <summary>Certificates that are half written change nothing, and whole ones are used from the next connection on.</summary>
    public async Task AssertIsFollowedAsync()
    {
        await registry.RegisterAsync(_record);

        string whole = await File.ReadAllTextAsync(authorityPath);
        await File.WriteAllTextAsync(authorityPath, whole[..(whole.Length / 2)]);
        await ConnectAgainAsync();
        await ConnectAgainAsync();
        Assert.Single(Lines("stay in use"));
        Assert.Empty(Lines("were replaced"));

        await renew();
        await ConnectAgainAsync();
        Assert.Single(Lines("stay in use"));
        Assert.Single(Lines("were replaced"));
    }

    private async Task ConnectAgainAsync()
    {
        await restart();
        await registry.RegisterAsync(_record);
    }

    private IEnumerable<string> Lines(string words) =>
        logged().Where(line => line.Contains(authorityPath, StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal));
}
