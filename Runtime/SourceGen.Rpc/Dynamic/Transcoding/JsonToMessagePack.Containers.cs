using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Lists, tuples, maps and objects.</summary>
internal sealed partial class JsonToMessagePack
{
    private void WriteList(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Unexpected(type, value, $"{NameList.Shorten(type.ToString())} (an array)");
        writer.Enter();
        writer.WriteArrayHeader(value.GetArrayLength());
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            _path.Enter(index++);
            Write(ref writer, type.Arguments[0], element);
            _path.Leave();
        }

        writer.Leave();
    }

    private void WriteTuple(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != type.Arguments.Length)
        {
            throw Unexpected(type, value, $"{NameList.Shorten(type.ToString())} (an array of {type.Arguments.Length})");
        }

        writer.Enter();
        writer.WriteArrayHeader(type.Arguments.Length);
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            _path.Enter(index);
            Write(ref writer, type.Arguments[index++], element);
            _path.Leave();
        }

        writer.Leave();
    }

    private void WriteMap(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        bool byName = ScalarText.CanBeName(type.Arguments[0], schema);
        writer.Enter();
        if (value.ValueKind == JsonValueKind.Array) WritePairs(ref writer, type, value);
        else if (value.ValueKind == JsonValueKind.Object && byName) WriteProperties(ref writer, type, value);
        else
        {
            string forms = byName ? "an object, or an array of pairs" : "an array of pairs [key, value]";
            throw Unexpected(type, value, $"{NameList.Shorten(type.ToString())} ({forms})");
        }

        writer.Leave();
    }

    private void WritePairs(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        writer.WriteMapHeader(value.GetArrayLength());
        int index = 0;
        foreach (JsonElement pair in value.EnumerateArray())
        {
            _path.Enter(index++);
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2) throw Unexpected(type, pair, "a pair [key, value]");
            _path.Enter(0);
            if (pair[0].ValueKind == JsonValueKind.Null) throw Unexpected(type.Arguments[0], pair[0], "a key, which is never null");
            Write(ref writer, type.Arguments[0], pair[0]);
            _path.Leave();
            _path.Enter(1);
            Write(ref writer, type.Arguments[1], pair[1]);
            _path.Leave();
            _path.Leave();
        }
    }

    private void WriteProperties(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        int count = 0;
        foreach (JsonProperty _ in value.EnumerateObject()) count++;
        writer.WriteMapHeader(count);
        HashSet<string> names = new(count, StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = NameOf(property);
            if (!names.Add(name)) throw new TranscodingException($"{At()}the key '{NameList.Shorten(name)}' is there twice.");
            WriteKey(ref writer, type.Arguments[0], name);
            _path.Enter(name);
            Write(ref writer, type.Arguments[1], property.Value);
            _path.Leave();
        }
    }

    private void WriteKey(ref MessagePackWriter writer, SchemaType type, string name)
    {
        bool written = type.Kind == SchemaKind.Named
            ? TryWriteEnum(ref writer, (SchemaEnum)schema.Types[type.Name], name)
            : ScalarText.TryWrite(ref writer, type, name);
        if (!written) throw new TranscodingException($"{At()}expected keys of type {Expected(type)}, got '{NameList.Shorten(name)}'.");
    }

    private void WriteObject(ref MessagePackWriter writer, SchemaType type, SchemaObject definition, JsonElement value)
    {
        if (definition.IsArray && definition.Slots is null)
        {
            throw new TranscodingException($"{At()}the members of {NameList.Shorten(definition.Name)} are too far apart to be written.");
        }

        writer.Enter();
        if (value.ValueKind == JsonValueKind.Array && definition.IsArray) WriteElements(ref writer, definition, value);
        else if (value.ValueKind != JsonValueKind.Object) throw Unexpected(type, value);
        else if (definition.IsArray) WriteSlots(ref writer, definition, MembersOf(definition, value));
        else WriteMembers(ref writer, definition, MembersOf(definition, value));
        writer.Leave();
    }

    private Dictionary<string, JsonElement> MembersOf(SchemaObject definition, JsonElement value)
    {
        Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = NameOf(property);
            if (definition.Find(name) is null)
            {
                throw new TranscodingException(
                    $"{At()}{NameList.Shorten(definition.Name)} has no member '{NameList.Shorten(name)}'; "
                    + $"it has {NameList.Of(definition.Members.Select(static member => member.Key))}.");
            }

            if (!members.TryAdd(name, property.Value))
            {
                throw new TranscodingException($"{At()}the member '{NameList.Shorten(name)}' is there twice.");
            }
        }

        return members;
    }

    private void WriteMembers(ref MessagePackWriter writer, SchemaObject definition, Dictionary<string, JsonElement> members)
    {
        foreach (SchemaMember member in definition.Members)
        {
            if (!members.ContainsKey(member.Key)) CheckMissing(member);
        }

        // What is missing is left out, and gets the default of the server's type.
        writer.WriteMapHeader(members.Count);
        foreach (SchemaMember member in definition.Members)
        {
            if (!members.TryGetValue(member.Key, out JsonElement value)) continue;
            writer.Write(member.Key);
            WriteMember(ref writer, member, value);
        }
    }

    private void WriteSlots(ref MessagePackWriter writer, SchemaObject definition, Dictionary<string, JsonElement> members)
    {
        writer.WriteArrayHeader(definition.Slots!.Length);
        foreach (SchemaMember? member in definition.Slots!)
        {
            if (member is not null && members.TryGetValue(member.Key, out JsonElement value))
            {
                WriteMember(ref writer, member, value);
                continue;
            }

            if (member is not null) CheckMissing(member);
            writer.WriteNil();
        }
    }

    private void WriteElements(ref MessagePackWriter writer, SchemaObject definition, JsonElement value)
    {
        SchemaMember?[] slots = definition.Slots!;
        int given = value.GetArrayLength();
        if (given > slots.Length)
        {
            throw new TranscodingException($"{At()}{NameList.Shorten(definition.Name)} has {slots.Length} elements at most, got {given}.");
        }

        writer.WriteArrayHeader(slots.Length);
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            if (slots[index] is { } member)
            {
                WriteMember(ref writer, member, element);
            }
            else
            {
                _path.Enter(index);
                if (element.ValueKind != JsonValueKind.Null)
                {
                    throw new TranscodingException($"{At()}expected null, as no member has this index, got {Describe(element)}.");
                }

                writer.WriteNil();
                _path.Leave();
            }

            index++;
        }

        for (; index < slots.Length; index++)
        {
            if (slots[index] is { } missing) CheckMissing(missing);
            writer.WriteNil();
        }
    }

    private void WriteMember(ref MessagePackWriter writer, SchemaMember member, JsonElement value)
    {
        _path.Enter(member.Key);
        Write(ref writer, member.Type, value);
        _path.Leave();
    }

    private void CheckMissing(SchemaMember member)
    {
        if (allowMissing || member.Type.IsNullable) return;
        _path.Enter(member.Key);
        throw new TranscodingException($"{At()}is missing: expected {Expected(member.Type)}.");
    }
}
