using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>
/// Finds what came twice while a client was subscribed by two connections, moving from one to the other. NATS does not number messages, so they are
/// known by what they are: as often as one came by the first connection, one that is equal is passed over of the second. The first is read to its end
/// before the second is read at all, by one loop after the other; not thread safe otherwise.
/// </summary>
internal sealed class NatsOverlap
{
    /// <summary>For how long after the first connection its messages may still come by the second: the way of a slow route of the cluster.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private readonly Dictionary<UInt128, int> _seen = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _end = long.MaxValue;
    private bool _isSecond;

    /// <summary>Whether nothing comes twice any more.</summary>
    public bool IsOver => _isSecond && Environment.TickCount64 > _end;

    /// <summary>The first connection was read to its end.</summary>
    public void BeginSecond()
    {
        _end = Environment.TickCount64 + (long)s_longest.TotalMilliseconds;
        _isSecond = true;
    }

    /// <summary>Whether a message came before. By the first connection none has.</summary>
    public bool HasCome(in NatsFrame frame)
    {
        UInt128 key = GetKey(in frame);
        if (!_isSecond)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_seen, key, out _)++;
            return false;
        }

        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_seen, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) || count == 0) return false;
        count--;
        return true;
    }

    private UInt128 GetKey(in NatsFrame frame)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<long> lengths = [frame.Sid, frame.Subject.Length, frame.Reply.Length, frame.Headers.Length];
        _hash.AppendData(MemoryMarshal.AsBytes(lengths));
        _hash.AppendData(frame.Subject);
        _hash.AppendData(frame.Reply);
        foreach (ReadOnlyMemory<byte> part in frame.Headers) _hash.AppendData(part.Span);
        foreach (ReadOnlyMemory<byte> part in frame.Payload) _hash.AppendData(part.Span);
        _hash.GetHashAndReset(digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }
}
