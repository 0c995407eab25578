namespace SourceGen.Rpc.PubSub;

/// <summary>
/// On a class that handles the events of a topic: its instances, in whichever process, are one group, and one of them gets each event.
/// <see cref="SubscriptionOptions.QueueGroup"/> goes before it.
/// </summary>
/// <param name="name">See <see cref="Name"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class QueueGroupAttribute(string name) : Attribute
{
    /// <summary>The group's name: letters, digits, underscores and dashes.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the engine keeps events for the group while none of it is there: <see cref="SubscriptionOptions.IsDurable"/>.</summary>
    public bool IsDurable { get; set; }
}
