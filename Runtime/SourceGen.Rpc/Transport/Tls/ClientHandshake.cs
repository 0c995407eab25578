using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>A client's part in a handshake.</summary>
/// <param name="remote">The server's address.</param>
/// <param name="host">The host in it, which the server's certificate must name.</param>
/// <param name="settings">What the client trusts and shows.</param>
internal sealed class ClientHandshake(RpcAddress remote, string host, TlsClientSettings settings) : TlsHandshake(remote)
{
    private string _host = host;

    /// <inheritdoc/>
    public override Task AuthenticateAsync(SslStream tls)
    {
        SslClientAuthenticationOptions options = settings.CreateOptions(_host);
        _host = options.TargetHost!;
        return tls.AuthenticateAsClientAsync(options);
    }

    /// <inheritdoc/>
    public override Task AnswerAsync(SslStream tls, CipherStream cipher, ITransportConnection inner) => Task.CompletedTask;

    /// <inheritdoc/>
    public override RpcException Explain(Exception error, CipherStream cipher) =>
        error as RpcException ?? TransportErrors.CannotConnect(Remote, Describe(error, cipher), refused: false, error);

    /// <inheritdoc/>
    public override string DescribeEarlyEnd() =>
        $"{Remote} closed the connection right after the TLS handshake. It may require a client certificate, or not accept this one.";

    /// <inheritdoc/>
    protected override string? Judge(object sender, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (settings.Accepts(sender, certificate, chain, errors)) return null;
        return settings.Thumbprint is { } thumbprint && certificate is not null
            ? CertificateProblem.DescribePin(certificate, thumbprint)
            : CertificateProblem.DescribeServer(certificate, chain, errors, _host);
    }

    private string Describe(Exception error, CipherStream cipher)
    {
        if (Problem is not null) return Problem;
        if (cipher.Foreign.Length > 0)
        {
            string plain = RpcAddress.Create("tcp", Remote.Rest).ToString();
            return Preamble.Check(new(cipher.Foreign)) is { } foreign
                ? $"what listens there does not speak TLS but {foreign}"
                : $"what listens there speaks SourceGen.Rpc without TLS. Use {plain} instead of tls://, or let the server listen at tls://";
        }

        return cipher.HasEnded
            ? "the server closed the connection during the TLS handshake. Does it listen at tls://, with a version of TLS and a "
                + "certificate that both sides can use?"
            : $"the TLS handshake failed: {TlsErrors.Innermost(error)}";
    }
}
