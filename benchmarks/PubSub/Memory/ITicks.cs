namespace SourceGen.Rpc.Benchmarks.PubSub.Memory;

[Topic("ticks")]
public partial interface ITicks
{
    ValueTask TickedAsync(long number, double price);
}
