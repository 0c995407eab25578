using System.Text.Json;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>
/// An error that etcd answered. The codes are gRPC's (https://grpc.github.io/grpc/core/md_doc_statuscodes.html), the words those of etcd's
/// <c>api/v3rpc/rpctypes</c>; the JSON around them is different in every generation of the gateway.
/// </summary>
/// <param name="Code">The code; <see cref="RpcStatusCode.Unknown"/> when the answer has none.</param>
/// <param name="Message">The words.</param>
internal sealed record EtcdError(RpcStatusCode Code, string Message)
{
    public bool IsLeaseNotFound => Has("requested lease not found");

    public bool IsLeaseKnown => Has("lease already exists");

    public bool IsCompacted => Has("required revision has been compacted");

    public bool IsTooLarge => Has("request is too large") || Has("larger than max");

    public bool IsAuthenticationDisabled => Has("authentication is not enabled");

    /// <summary>The token is no longer, or not yet, what the server wants; authenticating again helps.</summary>
    public bool IsTokenStale => Code == RpcStatusCode.Unauthenticated || Has("invalid auth token") || Has("revision of auth store is old")
        || Has("user name is empty");

    public bool IsUnauthenticated => IsTokenStale || Has("authentication failed");

    public bool IsPermissionDenied => Code == RpcStatusCode.PermissionDenied || Has("permission denied");

    /// <summary>Reads what the gateway answered instead of a result.</summary>
    public static EtcdError Read(HttpReply reply)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Body);
            if (TryRead(document.RootElement, out EtcdError? error)) return error;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // Some other server, or something between; its words are all there is.
        }

        return new EtcdError(RpcStatusCode.Unknown, $"{reply} (is this an etcd of version 3.4 or later?)");
    }

    /// <summary>
    /// Reads <c>{"error":"...","code":5}</c>, <c>{"code":5,"message":"..."}</c>, or, within a stream,
    /// <c>{"error":{"grpc_code":5,"message":"..."}}</c>.
    /// </summary>
    public static bool TryRead(JsonElement root, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EtcdError? error)
    {
        error = null;
        if (root.ValueKind != JsonValueKind.Object) return false;
        bool hasError = root.TryGetProperty("error", out JsonElement inner);
        if (!hasError && !root.TryGetProperty("message", out _)) return false;
        JsonElement details = hasError && inner.ValueKind == JsonValueKind.Object ? inner : root;
        string message = EtcdJson.GetText(details, "message") ?? EtcdJson.GetText(details, "error") ?? "";
        long code = EtcdJson.GetNumber(details, "grpc_code", EtcdJson.GetNumber(details, "code", (long)RpcStatusCode.Unknown));
        error = new EtcdError(
            code is > 0 and <= 16 ? (RpcStatusCode)code : RpcStatusCode.Unknown,
            HttpReply.Describe(System.Text.Encoding.UTF8.GetBytes(message)));
        return true;
    }

    private bool Has(string words) => Message.Contains(words, StringComparison.Ordinal);
}
