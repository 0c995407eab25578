namespace SourceGen.Rpc.Load;

/// <summary>Runs one contender for one round and reads what both processes used up meanwhile.</summary>
internal sealed class RoundRunner(ServerProcess server)
{
    public Measurement Run(IContender contender, TimeSpan length)
    {
        contender.Open();
        try
        {
            GC.Collect();
            ProcessCounters serverBefore = server.Begin();
            ProcessCounters clientBefore = ProcessCounters.Read();
            LoadSample sample = contender.Run(length);
            ProcessCounters client = ProcessCounters.Read() - clientBefore;
            return sample.Calls > 0
                ? Measurement.From(sample, client, server.End() - serverBefore)
                : throw new LoadException($"{contender.Name}: no call was answered in {length.TotalSeconds:0.##} s.");
        }
        finally
        {
            contender.Close();
        }
    }
}
