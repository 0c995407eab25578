namespace SourceGen.Rpc.MessagePack;

/// <summary>The bounds that hold for every value, whoever wrote it.</summary>
public static class MessagePackLimits
{
    /// <summary>
    /// How many objects, collections and tuples may be nested in each other: 128. It ends a cyclic object graph with an error when it
    /// is written, and keeps hostile nesting from exhausting the stack when it is read.
    /// </summary>
    public const int MaxDepth = 128;
}
