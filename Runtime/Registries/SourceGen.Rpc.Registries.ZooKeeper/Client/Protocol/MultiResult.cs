namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>The answer to several operations that are done together or not at all.</summary>
internal static class MultiResult
{
    /// <summary>
    /// Reads a <c>MultiResponse</c>: for each operation a header with its result, then a header that says that it is done.
    /// </summary>
    /// <returns>What went wrong; <see cref="ErrorCode.Ok"/> when all was done.</returns>
    public static ErrorCode Read(ref JuteReader reader)
    {
        ErrorCode first = ErrorCode.Ok;
        while (true)
        {
            OpCode op = (OpCode)reader.ReadInt();
            bool isDone = reader.ReadBoolean();
            reader.ReadInt();
            if (isDone) return first;
            switch (op)
            {
                case OpCode.Create:
                    reader.ReadText();
                    break;
                case OpCode.Delete:
                    break;
                case OpCode.Error:
                    ErrorCode error = (ErrorCode)reader.ReadInt();
                    if (first == ErrorCode.Ok && error != ErrorCode.RuntimeInconsistency) first = error;
                    break;
                default:
                    throw new ZooKeeperProtocolException(
                        $"an answer to several operations holds a result of kind {(int)op}, which none of them has");
            }
        }
    }

    /// <summary>Reads the answer to several reads of data.</summary>
    /// <param name="reader">The answer.</param>
    /// <param name="count">How many were asked for.</param>
    public static Reply<NodeData>[] ReadData(ref JuteReader reader, int count)
    {
        List<Reply<NodeData>> replies = new(count);
        while (true)
        {
            OpCode op = (OpCode)reader.ReadInt();
            bool isDone = reader.ReadBoolean();
            reader.ReadInt();
            if (isDone && replies.Count == count) return [.. replies];
            if (isDone || replies.Count == count)
            {
                throw new ZooKeeperProtocolException(
                    $"it answered {count:N0} reads with {(isDone ? replies.Count : count + 1):N0} results");
            }

            replies.Add(op switch
            {
                OpCode.GetData => new Reply<NodeData>(ErrorCode.Ok, NodeData.Read(ref reader)),
                OpCode.Error => new Reply<NodeData>((ErrorCode)reader.ReadInt(), null),
                _ => throw new ZooKeeperProtocolException(
                    $"an answer to several reads holds a result of kind {(int)op}, which none of them has"),
            });
        }
    }
}
