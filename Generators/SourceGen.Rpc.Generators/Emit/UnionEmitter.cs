using System.Globalization;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints unions: an array of the case's tag and the case.</summary>
internal static class UnionEmitter
{
    private const string Unknown = GeneratedCode.Services + "UnknownData";

    public static void EmitWrite(SourceWriter writer, UnionModel model)
    {
        string name = Literals.Text(CollectionEmitter.Plain(model));
        writer.Line($"writer.Enter({name});").Open("switch (value)");
        foreach (UnionCaseModel @case in model.Cases)
        {
            string header = string.Join(", ", Encode(@case.Tag).Prepend((byte)0x92).Select(static b => $"0x{b:X2}"));
            writer.Line($"case {Pattern(@case.Type.Name, @case.Match)}:");
            writer.Indented($"writer.WriteRaw([{header}]); // {@case.Tag.ToString(CultureInfo.InvariantCulture)}");
            writer.Indented(GeneratedCode.Write(@case.Type, "item") + ";").Indented("break;");
        }

        if (model.Fallback is { } fallback)
        {
            writer.Line($"case {Pattern(fallback.Type, fallback.Match)}:");
            writer.Indented($"{Unknown}.WriteCase({name}, item.{TypeNames.Escape(fallback.Member)}, ref writer);").Indented("break;");
        }

        writer.Line("default:").Indented($"{GeneratedCode.Errors}.ThrowUnlistedCase({name}, value, {Cases(model)});").Indented("break;");
        writer.Close().Line().Line("writer.Leave();");
    }

    public static void EmitRead(SourceWriter writer, UnionModel model)
    {
        string name = Literals.Text(CollectionEmitter.Plain(model));
        writer.Line($"reader.Enter({name});").Line("int count = reader.ReadArrayHeader();");
        writer.Line($"if (count != 2) {GeneratedCode.Errors}.ThrowTupleLength({name}, 2, count, reader.Consumed);");
        writer.Line("int tag = reader.ReadInt32();").Line($"{model.Ref.Name} value;").Open("switch (tag)");
        foreach (UnionCaseModel @case in model.Cases.OrderBy(static c => c.Tag))
        {
            writer.Line($"case {@case.Tag.ToString(CultureInfo.InvariantCulture)}:");
            writer.Indented($"value = {GeneratedCode.Read(@case.Type)};").Indented("break;");
        }

        writer.Line("default:");
        if (model.Fallback is { } fallback)
        {
            writer.Indented($"value = new {fallback.Type}({Unknown}.ReadCase(tag, ref reader));");
        }
        else
        {
            writer.Indented($"{GeneratedCode.Errors}.ThrowUnknownCase({name}, tag, {Cases(model)}, reader.Consumed);");
            writer.Indented("value = null;");
        }

        writer.Indented("break;").Close().Line().Line("reader.Leave();").Line("return value;");
    }

    private static string Pattern(string type, CaseMatch match) =>
        match == CaseMatch.Exact ? $"{type} item when item.GetType() == typeof({type})" : $"{type} item";

    private static string Cases(UnionModel model) => Literals.Text(string.Join(", ", model.Cases
        .OrderBy(static c => c.Tag)
        .Select(static c => $"{c.Tag.ToString(CultureInfo.InvariantCulture)} ({c.Type.Name.Replace("global::", "")})")));

    /// <summary>A tag as a MessagePack integer, in the smallest format and never a signed one for what is not negative.</summary>
    private static byte[] Encode(int tag) => tag switch
    {
        >= 0 and <= 0x7F => [(byte)tag],
        >= 0 and <= byte.MaxValue => [0xCC, (byte)tag],
        >= 0 and <= ushort.MaxValue => [0xCD, (byte)(tag >> 8), (byte)tag],
        >= 0 => [0xCE, (byte)(tag >> 24), (byte)(tag >> 16), (byte)(tag >> 8), (byte)tag],
        >= -32 => [unchecked((byte)tag)],
        >= sbyte.MinValue => [0xD0, unchecked((byte)tag)],
        >= short.MinValue => [0xD1, unchecked((byte)(tag >> 8)), unchecked((byte)tag)],
        _ => [0xD2, unchecked((byte)(tag >> 24)), unchecked((byte)(tag >> 16)), unchecked((byte)(tag >> 8)), unchecked((byte)tag)],
    };
}
