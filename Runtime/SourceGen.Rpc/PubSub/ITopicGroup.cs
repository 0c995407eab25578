namespace SourceGen.Rpc.PubSub;

/// <summary>What gets the messages of topics.</summary>
internal interface ITopicGroup
{
    /// <summary>Of which topics.</summary>
    TopicPattern Pattern { get; }
}
