using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Mapping;

/// <summary>What queues and bindings are called.</summary>
internal static class QueueNames
{
    /// <summary>AMQP takes 255 bytes. What the names of retry queues have beside their queue's fits into the rest.</summary>
    private const int Longest = 200;

    /// <summary>The queue of a group, or of a subscription alone.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="group">The group; null for none.</param>
    /// <param name="topic">The topic, or the pattern as it is written.</param>
    public static string ForSubscription(string exchange, string? group, string topic) =>
        Shorten(group is null ? $"{exchange}.{topic}" : $"{exchange}.{group}.{topic}") + (group is null ? $".{Guid.NewGuid():N}"[..17] : "");

    /// <summary>Where messages of a queue wait until they are delivered again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="delay">How long they wait.</param>
    public static string ForRetries(string queue, TimeSpan delay) =>
        string.Create(CultureInfo.InvariantCulture, $"{queue}.retry.{(long)delay.TotalMilliseconds}");

    /// <summary>The routing key of a binding: what <c>*</c> is in AMQP, too, and <c>&gt;</c> is one word and any number of further ones.</summary>
    /// <param name="pattern">The pattern.</param>
    public static string BindingOf(TopicPattern pattern) =>
        pattern.Text.EndsWith('>') ? string.Concat(pattern.Text.AsSpan(0, pattern.Text.Length - 1), "*.#") : pattern.Text;

    /// <summary>A name that is too long ends with a hash of the whole, so that it stays the same in every process and no other has it.</summary>
    private static string Shorten(string name)
    {
        if (name.Length <= Longest) return name;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(name)).AsSpan(0, 16));
        return $"{name.AsSpan(0, Longest - hash.Length - 1)}~{hash}";
    }
}
