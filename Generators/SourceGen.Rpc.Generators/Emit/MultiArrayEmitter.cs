using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints arrays of several dimensions: an array of the lengths and one of all elements. The reader makes the array when it has all of
/// them, so that lengths alone make it allocate nothing.
/// </summary>
internal static class MultiArrayEmitter
{
    public static void EmitWrite(SourceWriter writer, MultiArrayModel model)
    {
        writer.Line("writer.Enter();").Line($"writer.WriteArrayHeader({model.Rank + 1});");
        for (int i = 0; i < model.Rank; i++) writer.Line($"writer.Write(value.GetLength({i}));");
        writer.Line("writer.Enter();").Line("writer.WriteArrayHeader(value.Length);");
        writer.Line($"foreach ({model.Element.Name} item in value) {GeneratedCode.Write(model.Element, "item")};");
        writer.Line("writer.Leave();").Line("writer.Leave();");
    }

    public static void EmitRead(SourceWriter writer, MultiArrayModel model)
    {
        string lengths = string.Join(", ", Enumerable.Range(0, model.Rank).Select(static i => "length" + i));
        string indexes = string.Join(", ", Enumerable.Range(0, model.Rank).Select(static i => "i" + i));
        TupleEmitter.EmitHeader(writer, model, model.Rank + 1);
        for (int i = 0; i < model.Rank; i++) writer.Line($"int length{i} = reader.ReadInt32();");
        writer.Line("reader.Enter();").Line("count = reader.ReadArrayHeader();");
        writer.Line($"{GeneratedCode.Services}ArrayShape.Check({Literals.Text(CollectionEmitter.Plain(model))}, count, reader.Consumed, "
            + $"{lengths});");
        CollectionEmitter.EmitReadArray(writer, model.Element);
        writer.Line().Line("reader.Leave();").Line("reader.Leave();");
        writer.Line($"{model.Ref.Name} array = {CollectionEmitter.NewArray(model.Element.Name, lengths)};");
        writer.Line("if (count == 0) return array;").Line().Line("int next = 0;");
        for (int i = 0; i < model.Rank; i++) writer.Open($"for (int i{i} = 0; i{i} < length{i}; i{i}++)");
        writer.Line($"array[{indexes}] = items[next++];");
        for (int i = 0; i < model.Rank; i++) writer.Close();
        writer.Line().Line("return array;");
    }
}
