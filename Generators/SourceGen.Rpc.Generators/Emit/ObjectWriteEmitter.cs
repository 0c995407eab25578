using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints how an object's members are written: an array by index, or a map by name.</summary>
internal static class ObjectWriteEmitter
{
    public static void Emit(SourceWriter writer, ObjectModel model)
    {
        writer.Line("writer.Enter();");
        if (model.IsKeyed) EmitArray(writer, model);
        else EmitMap(writer, model);
        writer.Line("writer.Leave();");
    }

    private static void EmitArray(SourceWriter writer, ObjectModel model)
    {
        int next = 0;
        writer.Line($"writer.WriteArrayHeader({model.Members[model.Members.Count - 1].Index + 1});");
        foreach (MemberModel member in model.Members)
        {
            EmitGap(writer, member.Index - next);
            writer.Line(Write(member));
            next = member.Index + 1;
        }
    }

    private static void EmitGap(SourceWriter writer, int length)
    {
        if (length > 3) writer.Line($"for (int i = 0; i < {length}; i++) writer.WriteNil();");
        else for (int i = 0; i < length; i++) writer.Line("writer.WriteNil();");
    }

    private static void EmitMap(SourceWriter writer, ObjectModel model)
    {
        writer.Line($"writer.WriteMapHeader({model.Members.Count});");
        foreach (MemberModel member in model.Members)
        {
            string key = string.Join(", ", Encode(member.Key).Select(static b => $"0x{b:X2}"));
            writer.Line($"writer.WriteRaw([{key}]); // {SchemaText.Word(member.Key)}").Line(Write(member));
        }
    }

    private static string Write(MemberModel member) => GeneratedCode.Write(member.Type, "value." + TypeNames.Escape(member.Name)) + ";";

    /// <summary>The key as a MessagePack string, encoded here so that nobody encodes it at run time.</summary>
    private static IEnumerable<byte> Encode(string key)
    {
        byte[] utf8 = WireNames.Utf8(key);
        byte[] header = utf8.Length switch
        {
            < 32 => [(byte)(0xA0 | utf8.Length)],
            <= byte.MaxValue => [0xD9, (byte)utf8.Length],
            <= ushort.MaxValue => [0xDA, (byte)(utf8.Length >> 8), (byte)utf8.Length],
            _ => [0xDB, (byte)(utf8.Length >> 24), (byte)(utf8.Length >> 16), (byte)(utf8.Length >> 8), (byte)utf8.Length],
        };
        return header.Concat(utf8);
    }
}
