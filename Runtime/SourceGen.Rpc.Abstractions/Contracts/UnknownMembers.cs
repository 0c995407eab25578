using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc;

/// <summary>
/// The members of an object that this side's contract does not have, kept as they were read. A serialized type opts in with one public
/// member of this type, which is no member on the wire: what a peer with a later contract sent is then written again when the object is
/// passed on. It is null where nothing unknown was read.
/// </summary>
/// <remarks>
/// Copy it together with the object's other members (a record's <c>with</c> does), and to an object of the same type only. It holds no
/// more bytes than the message had.
/// </remarks>
public sealed class UnknownMembers : IEquatable<UnknownMembers>
{
    // Of a map: names and values one after the other. Of an array: the values, and where each of them belongs.
    private readonly RawBuffer _bytes = new();
    private readonly List<Slot>? _slots;
    private int _names;

    internal UnknownMembers(bool isArray)
    {
        if (isArray) _slots = [];
    }

    /// <summary>How many members there are.</summary>
    public int Count => _slots?.Count ?? _names;

    /// <summary>How long an array must be to hold them.</summary>
    internal int ArrayLength => _slots is [.., Slot last] ? last.Index + 1 : 0;

    /// <summary>Whether the other holds the same members, byte for byte and in the same order.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(UnknownMembers? other) =>
        other is not null && Count == other.Count && _bytes.Written.SequenceEqual(other._bytes.Written)
        && (_slots ?? []).SequenceEqual(other._slots ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UnknownMembers);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_bytes.Written);
        return hash.ToHashCode();
    }

    /// <summary>The number of members and their size, for logs.</summary>
    public override string ToString() => $"{Count} unknown members, {_bytes.Written.Length} bytes";

    internal void Add(scoped ReadOnlySpan<byte> name, ref MessagePackReader reader)
    {
        _bytes.AppendString(name);
        reader.SkipInto(_bytes);
        _names++;
    }

    internal void Add(int index, ref MessagePackReader reader)
    {
        reader.SkipInto(_bytes);
        _slots!.Add(new Slot(index, _bytes.Written.Length));
    }

    internal void WriteEntries(ref MessagePackWriter writer)
    {
        if (_slots is { Count: > 0 }) throw MixedUp("an array", "a map");
        writer.WriteRaw(_bytes.Written);
    }

    internal void WriteSlot(int index, ref MessagePackWriter writer)
    {
        List<Slot> slots = SlotsToWrite();
        int place = FirstFrom(slots, index);
        if (place < slots.Count && slots[place].Index == index) writer.WriteRaw(Value(slots, place));
        else writer.WriteNil();
    }

    internal void WriteSlotsFrom(int index, ref MessagePackWriter writer)
    {
        List<Slot> slots = SlotsToWrite();
        for (int place = FirstFrom(slots, index); place < slots.Count; place++)
        {
            for (; index < slots[place].Index; index++) writer.WriteNil();
            writer.WriteRaw(Value(slots, place));
            index++;
        }
    }

    private static int FirstFrom(List<Slot> slots, int index)
    {
        int place = slots.BinarySearch(new Slot(index, 0), Slot.ByIndex);
        return place < 0 ? ~place : place;
    }

    private static RpcSerializationException MixedUp(string own, string other) =>
        new($"Unknown members that were read from {own} cannot be written into {other}: give each object the UnknownMembers that it was "
            + "read with.");

    private List<Slot> SlotsToWrite() => _slots ?? throw MixedUp("a map", "an array");

    private ReadOnlySpan<byte> Value(List<Slot> slots, int place) =>
        _bytes.Written[(place == 0 ? 0 : slots[place - 1].End)..slots[place].End];

    private readonly record struct Slot(int Index, int End)
    {
        public static readonly IComparer<Slot> ByIndex = Comparer<Slot>.Create(static (x, y) => x.Index.CompareTo(y.Index));
    }
}
