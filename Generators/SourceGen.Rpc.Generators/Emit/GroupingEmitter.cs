using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints groups: an array of a key and its elements.</summary>
internal static class GroupingEmitter
{
    public static void EmitWrite(SourceWriter writer, GroupingModel model)
    {
        writer.Line("writer.Enter();").Line("writer.WriteArrayHeader(2);");
        writer.Line(GeneratedCode.Write(model.Key, "value.Key") + ";");
        writer.Line(GeneratedCode.Write(model.Elements, "value") + ";").Line("writer.Leave();");
    }

    public static void EmitRead(SourceWriter writer, GroupingModel model)
    {
        TupleEmitter.EmitHeader(writer, model, length: 2);
        writer.Line($"{model.Key.Name} key = {GeneratedCode.Read(model.Key)};");
        writer.Line($"{model.Elements.Name} elements = {GeneratedCode.Read(model.Elements)};").Line("reader.Leave();");
        writer.Line($"return new {GeneratedCode.Services}ReceivedGrouping<{model.Key.Name}, {model.Element.Name}>(key, elements);");
    }
}
