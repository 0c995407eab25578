using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>One side's part in one handshake, and what is said of it when it fails.</summary>
/// <param name="remote">The peer's address.</param>
internal abstract class TlsHandshake(RpcAddress remote)
{
    /// <summary>The peer's address.</summary>
    protected RpcAddress Remote => remote;

    /// <summary>What is wrong with the peer's certificate, as the end of a sentence with its advice; null when nothing is.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Shakes hands.</summary>
    /// <exception cref="Exception">It failed; <see cref="Explain"/> says why.</exception>
    public abstract Task AuthenticateAsync(SslStream tls);

    /// <summary>Tells the peer of a failed handshake what was wrong, in a way it understands, if there is one.</summary>
    public abstract Task AnswerAsync(SslStream tls, CipherStream cipher, ITransportConnection inner);

    /// <summary>Makes the error of a failed handshake.</summary>
    public abstract RpcException Explain(Exception error, CipherStream cipher);

    /// <summary>What it means when the peer leaves right after the handshake, without a word.</summary>
    public abstract string DescribeEarlyEnd();

    /// <summary>The callback that the framework asks about the peer's certificate.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = Judge(sender, certificate as X509Certificate2, chain, errors);
        return Problem is null || AnswersLater;
    }

    /// <summary>Whether the handshake is completed with a peer that is not accepted, only to tell it so.</summary>
    protected virtual bool AnswersLater => false;

    /// <summary>Says what is wrong with the peer's certificate, or null.</summary>
    protected abstract string? Judge(object sender, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors);
}
