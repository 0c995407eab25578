using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>How generated serializers keep what their contract does not know, and write it again.</summary>
public static class UnknownData
{
    /// <summary>Keeps a member of a map.</summary>
    /// <param name="members">What was kept so far; null at first.</param>
    /// <param name="name">The member's name in UTF-8, as the reader gave it.</param>
    /// <param name="reader">Stands at the value.</param>
    public static UnknownMembers Keep(UnknownMembers? members, scoped ReadOnlySpan<byte> name, ref MessagePackReader reader)
    {
        members ??= new UnknownMembers(isArray: false);
        members.Add(name, ref reader);
        return members;
    }

    /// <summary>Keeps an element of an array; nil is not worth it.</summary>
    /// <param name="members">What was kept so far; null at first.</param>
    /// <param name="index">Its index, greater than those that were kept.</param>
    /// <param name="reader">Stands at the value.</param>
    public static UnknownMembers? Keep(UnknownMembers? members, int index, ref MessagePackReader reader)
    {
        if (reader.TryReadNil()) return members;
        members ??= new UnknownMembers(isArray: true);
        members.Add(index, ref reader);
        return members;
    }

    /// <summary>Writes what was kept of a map, as entries that its header has counted.</summary>
    /// <param name="members">What was kept, or null.</param>
    /// <param name="writer">Where it goes.</param>
    /// <exception cref="RpcSerializationException">It was kept of an array.</exception>
    public static void WriteEntries(UnknownMembers? members, ref MessagePackWriter writer) => members?.WriteEntries(ref writer);

    /// <summary>How long an array is that holds the known members and what was kept.</summary>
    /// <param name="members">What was kept, or null.</param>
    /// <param name="known">The length without it.</param>
    public static int ArrayLength(UnknownMembers? members, int known) => Math.Max(members?.ArrayLength ?? 0, known);

    /// <summary>Writes the element at an index that no known member has: what was kept, or nil.</summary>
    /// <param name="members">What was kept, or null.</param>
    /// <param name="index">The index.</param>
    /// <param name="writer">Where it goes.</param>
    /// <exception cref="RpcSerializationException">It was kept of a map.</exception>
    public static void WriteSlot(UnknownMembers? members, int index, ref MessagePackWriter writer)
    {
        if (members is null) writer.WriteNil();
        else members.WriteSlot(index, ref writer);
    }

    /// <summary>Writes what was kept from an index on.</summary>
    /// <param name="members">What was kept, or null.</param>
    /// <param name="index">The length without it.</param>
    /// <param name="writer">Where it goes.</param>
    /// <exception cref="RpcSerializationException">It was kept of a map.</exception>
    public static void WriteSlotsFrom(UnknownMembers? members, int index, ref MessagePackWriter writer) =>
        members?.WriteSlotsFrom(index, ref writer);

    /// <summary>Reads a case that the union does not list.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="reader">Stands at the case.</param>
    public static UnknownCase ReadCase(int tag, ref MessagePackReader reader)
    {
        RawBuffer content = new();
        reader.SkipInto(content);
        return new UnknownCase(tag, content.Written.ToArray());
    }

    /// <summary>Writes a case as it was read.</summary>
    /// <param name="union">The union.</param>
    /// <param name="unknown">The case.</param>
    /// <param name="writer">Where it goes.</param>
    /// <exception cref="RpcSerializationException">There is none.</exception>
    public static void WriteCase(string union, UnknownCase? unknown, ref MessagePackWriter writer)
    {
        if (unknown is null)
        {
            throw new RpcSerializationException($"A fallback of the union '{union}' holds no UnknownCase, so there is nothing to write: "
                + "only the reader makes one, and others are sent as one of the listed cases.");
        }

        writer.WriteArrayHeader(2);
        writer.Write(unknown.Tag);
        writer.WriteRaw(unknown.Content);
    }
}
