using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>A server's part in a handshake.</summary>
/// <param name="remote">The client's address.</param>
/// <param name="local">Where the server listens.</param>
/// <param name="settings">What the server shows and asks for.</param>
internal sealed class ServerHandshake(RpcAddress remote, RpcAddress local, TlsServerSettings settings) : TlsHandshake(remote)
{
    private bool _hasShaken;

    /// <summary>
    /// Refused after the handshake, and before anything is read: TLS would close the connection without a word, or before the client
    /// could read one.
    /// </summary>
    protected override bool AnswersLater => true;

    /// <inheritdoc/>
    public override async Task AuthenticateAsync(SslStream tls)
    {
        await tls.AuthenticateAsServerAsync(settings.CreateOptions()).ConfigureAwait(false);
        _hasShaken = true;
        if (Problem is not null) throw new AuthenticationException(Problem);
    }

    /// <inheritdoc/>
    public override async Task AnswerAsync(SslStream tls, CipherStream cipher, ITransportConnection inner)
    {
        try
        {
            if (_hasShaken && Problem is not null)
            {
                await tls.WriteAsync(Handshake.Refuse(RpcStatusCode.Unauthenticated, Problem + ".")).ConfigureAwait(false);
                await tls.ShutdownAsync().ConfigureAwait(false);
            }
            else if (cipher.Foreign.Length > 0 && ChooseAnswer(cipher.Foreign) is { IsEmpty: false } answer)
            {
                await ((IGatheringOutput)inner).SendAsync(new ReadOnlySequence<byte>(answer)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer left before it could be told; the handshake's own error is what counts.
        }
    }

    /// <inheritdoc/>
    public override RpcException Explain(Exception error, CipherStream cipher) =>
        error as RpcException ?? new RpcException(RpcStatusCode.Unauthenticated, Describe(error, cipher), error)
        {
            Progress = RpcCallProgress.NotSent,
        };

    /// <inheritdoc/>
    public override string DescribeEarlyEnd() =>
        $"{Remote} closed the connection right after the TLS handshake, without a word. It may not trust this server's certificate.";

    /// <inheritdoc/>
    protected override string? Judge(object sender, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        settings.Accepts(sender, certificate, chain, errors) ? null : CertificateProblem.DescribeClient(certificate, chain, errors);

    private ReadOnlyMemory<byte> ChooseAnswer(byte[] first)
    {
        if (Preamble.IsHttp(first)) return Handshake.HttpAnswer.ToArray();
        return Preamble.Check(new(first)) is null
            ? Handshake.Refuse(RpcStatusCode.Unavailable, $"this address speaks TLS; use tls://{local.Rest} instead of tcp://.")
            : default;
    }

    private string Describe(Exception error, CipherStream cipher)
    {
        if (Problem is not null) return $"TLS: {Problem}.";
        if (cipher.Foreign.Length > 0)
        {
            string what = Preamble.Check(new(cipher.Foreign)) ?? "SourceGen.Rpc without TLS";
            return $"The peer speaks {what}, and this address expects TLS: clients must use {local}.";
        }

        return cipher.HasEnded
            ? "The peer closed the connection during the TLS handshake. "
                + "It may not trust this server's certificate, or not find the server's name in it."
            : $"The TLS handshake failed: {TlsErrors.Innermost(error)}";
    }
}
