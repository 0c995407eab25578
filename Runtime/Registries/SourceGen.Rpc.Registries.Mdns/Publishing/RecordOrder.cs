using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>The order in which the records of two hosts are compared that probe for one name at once (RFC 6762, 8.2).</summary>
internal static class RecordOrder
{
    /// <summary>Compares all records of both, which are brought into order for that.</summary>
    /// <returns>Below 0 when ours are the earlier ones, which give way.</returns>
    public static int Compare(DnsRecord[] ours, DnsRecord[] theirs)
    {
        Array.Sort(ours, Compare);
        Array.Sort(theirs, Compare);
        for (int i = 0; i < ours.Length && i < theirs.Length; i++)
        {
            int order = Compare(ours[i], theirs[i]);
            if (order != 0) return order;
        }

        return ours.Length.CompareTo(theirs.Length);
    }

    private static int Compare(DnsRecord one, DnsRecord other)
    {
        int order = (one.Class & ~DnsRecord.CacheFlushBit).CompareTo(other.Class & ~DnsRecord.CacheFlushBit);
        if (order == 0) order = one.Type.CompareTo(other.Type);
        return order != 0 ? order : DnsMessageWriter.ToWire(one.Data).AsSpan().SequenceCompareTo(DnsMessageWriter.ToWire(other.Data));
    }
}
