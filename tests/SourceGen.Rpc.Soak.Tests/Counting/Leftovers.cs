using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Soak.Tests.Counting;

/// <summary>Everything that one end of a connection holds for calls and streams, by name; at rest every number is 0.</summary>
internal static class Leftovers
{
    /// <summary>What is not 0.</summary>
    public static string Of(RpcConnection end)
    {
        ConnectionStreams streams = end.Streams;
        ConnectionOutput output = end.Output;
        (string What, long Count)[] all =
        [
            ("calls in flight", end.Calls.InFlight),
            ("calls in the table", CallsIn(end.Calls)),
            ("calls served", end.Running.Count),
            ("one-way calls served", end.Running.OneWay),
            ("slots of served calls", SlotsTaken(end.Running, Settings(end).Local.MaxConcurrentCalls)),
            ("calls put aside", Held(end).Count),
            ("unfinished requests", PartialRequests(end).Count),
            ("bytes of unfinished messages", Reassembling(end)),
            ("producers", streams.Open),
            ("streams sent as caller", streams.Uploads.Count),
            ("streams sent as callee", streams.Downloads.Count),
            ("streams received", streams.Inbound.Count),
            ("unfinished items", streams.Partial),
            ("bytes of the sending window", streams.Sending.Shares),
            ("bytes of the receiving window", streams.Receiving.Shares),
            ("producers that wait for credit", streams.Sending.Waiting),
            ("items larger than windows sent", WithHuge(streams.Sending)),
            ("items larger than windows received", WithHuge(streams.Receiving)),
            ("unsent frames", output.HasUnsent ? 1 : 0),
            ("large messages", Large(output).Count),
            ("bytes of large messages", LargeBytes(output)),
        ];
        return string.Join(", ", all.Where(static one => one.Count != 0).Select(static one => $"{one.Count:N0} {one.What}"));
    }

    /// <summary>The connection that a client has at this moment.</summary>
    public static RpcConnection? ConnectionOf(RpcClient client) => client.Channel.Current;

    /// <summary>The connections that a server has not released.</summary>
    public static ICollection<RpcConnection> ConnectionsOf(RpcServer server) => Connections(server).Keys;

    private static int CallsIn(CallTable table)
    {
        int count = 0;
        table.ClaimWhere(_ =>
        {
            count++;
            return false;
        });
        return count;
    }

    private static int SlotsTaken(RunningCalls running, int capacity)
    {
        int count = 0;
        for (int slot = 0; slot < capacity; slot++) count += running.IsTaken(slot) ? 1 : 0;
        return count;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connections")]
    private static extern ref ConcurrentDictionary<RpcConnection, byte> Connections(RpcServer server);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_settings")]
    private static extern ref ConnectionSettings Settings(RpcConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_held")]
    private static extern ref ConcurrentQueue<ServerCall> Held(RpcConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_partialRequests")]
    private static extern ref Dictionary<ulong, Reassembly> PartialRequests(RpcConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_reassembling")]
    private static extern ref long Reassembling(RpcConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_withHuge")]
    private static extern ref int WithHuge(StreamLedger ledger);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_large")]
    private static extern ref Queue<LargeMessage> Large(ConnectionOutput output);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_largeBytes")]
    private static extern ref long LargeBytes(ConnectionOutput output);
}
