namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>The answer to several operations that are done together or not at all.</summary>
internal static class MultiResult
{
    /// <summary>Reads a <c>MultiResponse</c>: for each operation a header with its result, then a header that says that it is done.</summary>
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
                    throw new ZooKeeperProtocolException($"an answer to several operations holds a result of kind {(int)op}, which none of them has");
            }
        }
    }
}
