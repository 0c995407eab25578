using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints tuples and key-value pairs: arrays of fixed length.</summary>
internal static class TupleEmitter
{
    public static void EmitWrite(SourceWriter writer, TupleModel model)
    {
        writer.Line("writer.Enter();").Line($"writer.WriteArrayHeader({model.Elements.Count});");
        foreach (TupleElement element in model.Elements) writer.Line(GeneratedCode.Write(element.Type, "value." + element.Name) + ";");
        writer.Line("writer.Leave();");
    }

    public static void EmitRead(SourceWriter writer, TupleModel model)
    {
        EmitHeader(writer, model, model.Elements.Count);
        foreach (TupleElement element in model.Elements)
            writer.Line($"{element.Type.Name} {NameAllocator.Camel(element.Name)} = {GeneratedCode.Read(element.Type)};");
        writer.Line("reader.Leave();");
        writer.Line($"return new {model.Ref.Name}({string.Join(", ", model.Elements.Select(static e => NameAllocator.Camel(e.Name)))});");
    }

    /// <summary>Prints how the header of an array is read that must have exactly that many elements.</summary>
    public static void EmitHeader(SourceWriter writer, TypeModel model, int length)
    {
        writer.Line("reader.Enter();").Line("int count = reader.ReadArrayHeader();");
        writer.Line($"if (count != {length}) {GeneratedCode.Errors}.ThrowTupleLength({Literals.Text(CollectionEmitter.Plain(model))}, "
            + $"{length}, count, reader.Consumed);");
    }
}
