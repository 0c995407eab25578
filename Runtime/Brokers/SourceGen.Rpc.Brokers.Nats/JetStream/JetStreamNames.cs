using System.Security.Cryptography;
using System.Text;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>What streams and consumers are called.</summary>
internal static class JetStreamNames
{
    private const int MaxLength = 255;

    /// <summary>The stream of a topic that no stream has: <c>RPC_orders</c>, for all topics that begin with <c>orders</c>.</summary>
    public static string Stream(string firstToken) => Limit($"RPC_{firstToken}");

    /// <summary>
    /// The consumer of a group: <c>billing__orders=placed</c>. Consumers' names have no dots and wildcards; what stands for them is not
    /// allowed in topics, so that two topics never have one name.
    /// </summary>
    public static string Consumer(string group, string pattern) =>
        Limit($"{group}__{pattern.Replace('.', '=').Replace('*', '+').Replace('>', '@')}");

    /// <summary>A consumer of one subscription.</summary>
    public static string Unique() => $"sub_{RandomNumberGenerator.GetHexString(22, lowercase: true)}";

    /// <summary>Whether a stream can be called so.</summary>
    public static bool IsStreamName(string name) =>
        name.Length is > 0 and <= MaxLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>What is too long ends with its hash.</summary>
    private static string Limit(string name)
    {
        if (name.Length <= MaxLength) return name;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        return $"{name[..(MaxLength - hash.Length - 1)]}_{hash}";
    }
}
