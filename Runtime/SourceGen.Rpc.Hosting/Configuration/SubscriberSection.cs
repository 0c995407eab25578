using Microsoft.Extensions.Configuration;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>What each key of <c>Rpc:Subscribers:handler</c> sets: how events are delivered to a handler, by its class's name.</summary>
internal static class SubscriberSection
{
    /// <summary>Reads a handler's section into its options, if there is one.</summary>
    public static void Read(IConfiguration configuration, string handler, SubscriptionOptions options, ICollection<string> mistakes)
    {
        IConfigurationSection section = configuration.GetSection($"Rpc:Subscribers:{handler}");
        if (!section.Exists()) return;
        SectionReader reader = new(section, mistakes);
        reader.Text("QueueGroup", value => options.QueueGroup = value);
        reader.Switch("IsDurable", value => options.IsDurable = value);
        reader.Count("Concurrency", value => options.Concurrency = value);
        reader.Count("Prefetch", value => options.Prefetch = value);
        reader.Switch("OrderByKey", value => options.OrderByKey = value);
        reader.Count("MaxDeliveries", value => options.MaxDeliveries = value);
        reader.Duration("RedeliveryDelay", value => options.RedeliveryDelay = value);
        reader.Duration("AckTimeout", value => options.AckTimeout = value);
        reader.Text("DeadLetterTopic", value => options.DeadLetterTopic = value);
        reader.ReportUnknownKeys();
    }
}
