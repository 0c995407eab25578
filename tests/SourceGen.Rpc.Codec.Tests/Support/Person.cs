using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>An object that refers to others of its kind, as a map by member name.</summary>
internal sealed record Person(string? Name, int Age, List<Person>? Friends)
{
    public static TypeShape<Person?> Shape { get; } = new(
        (ref w, in v) =>
        {
            if (v is null)
            {
                w.WriteNil();
                return;
            }

            w.Enter();
            w.WriteMapHeader(3);
            w.WriteString("Name"u8);
            w.Write(v.Name);
            w.WriteString("Age"u8);
            w.Write(v.Age);
            w.WriteString("Friends"u8);
            if (v.Friends is null)
            {
                w.WriteNil();
            }
            else
            {
                w.Enter();
                w.WriteArrayHeader(v.Friends.Count);
                foreach (Person? friend in v.Friends) Shape!.Write(ref w, in friend);
                w.Leave();
            }

            w.Leave();
        },
        (ref r) =>
        {
            if (r.TryReadNil()) return null;
            r.Enter();
            string? name = null;
            int age = 0;
            List<Person>? friends = null;
            int count = r.ReadMapHeader();
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> key = r.ReadStringSpan();
                if (key.SequenceEqual("Name"u8)) name = r.ReadString();
                else if (key.SequenceEqual("Age"u8)) age = r.ReadInt32();
                else if (key.SequenceEqual("Friends"u8)) friends = ReadFriends(ref r);
                else r.Skip();
            }

            r.Leave();
            return new Person(name, age, friends);
        });

    private static List<Person>? ReadFriends(ref MessagePack.MessagePackReader r)
    {
        if (r.TryReadNil()) return null;
        r.Enter();
        int count = r.ReadArrayHeader();
        List<Person> friends = new(count);
        for (int i = 0; i < count; i++) friends.Add(Shape.Read(ref r)!);
        r.Leave();
        return friends;
    }
}
