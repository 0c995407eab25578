using System.Text.Json;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>
/// The token that requests carry: got by name and password when it is first needed, and again when a server no longer takes it, because its
/// time is over, the server was restarted, or users were changed. Thread safe.
/// </summary>
internal sealed class EtcdAuthentication(
    RegistryHttpClient http, string? userName, string password, Func<RegistryOperation, EtcdError, Exception> fail)
    : IDisposable
{
    /// <summary>What stands for "the server asks for none".</summary>
    private const string None = "";

    private readonly SemaphoreSlim _gate = new(1);
    private volatile string? _token;

    public bool HasCredentials => userName is not null;

    /// <summary>Gets the token, by name and password when there is none.</summary>
    /// <returns>The token; null when requests go without one.</returns>
    /// <exception cref="RpcException">Name and password are not accepted, or no endpoint can be reached.</exception>
    public async ValueTask<string?> GetTokenAsync(RegistryOperation operation)
    {
        if (userName is null) return null;
        string? token = _token;
        if (token is null)
        {
            await WaitAsync(operation).ConfigureAwait(false);
            try
            {
                token = _token ??= await AuthenticateAsync(operation).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }

        return token.Length == 0 ? null : token;
    }

    /// <summary>A server does not take a token any more.</summary>
    /// <param name="token">The one that was sent; when another one is known by now, that one stays.</param>
    public void Drop(string? token)
    {
        string? known = _token;
        if (known == (token ?? None)) Interlocked.CompareExchange(ref _token, null, known);
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask<string> AuthenticateAsync(RegistryOperation operation)
    {
        byte[] body = EtcdJson.Write(writer =>
        {
            writer.WriteString("name", userName);
            writer.WriteString("password", password);
        });
        HttpCall call = new(HttpMethod.Post, "/v3/auth/authenticate") { Body = body };
        HttpReply reply = await http.SendAsync(operation, call, EtcdClient.IsTransient).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            EtcdError error = EtcdError.Read(reply);
            return error.IsAuthenticationDisabled ? None : throw fail(operation, error);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Body);
            return EtcdJson.GetText(document.RootElement, "token") ?? throw new FormatException("it has no token");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw fail(operation, new EtcdError(RpcStatusCode.Unknown, $"the answer to authenticate is not etcd's: {e.Message}"));
        }
    }

    private async ValueTask WaitAsync(RegistryOperation operation)
    {
        try
        {
            await _gate.WaitAsync(operation.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            operation.ThrowIfGivenUp();
            throw fail(operation, new EtcdError(RpcStatusCode.Unavailable, "the time was over while another request was authenticating"));
        }
    }
}
