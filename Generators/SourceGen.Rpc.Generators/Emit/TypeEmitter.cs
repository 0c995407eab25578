using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints the pair of methods that write and read one type.</summary>
internal static class TypeEmitter
{
    public static void Emit(SourceWriter writer, TypeModel model)
    {
        EmitMethod(writer, model, isWrite: true);
        writer.Line();
        EmitMethod(writer, model, isWrite: false);
        if (model is ObjectModel type) AccessorEmitter.Emit(writer, type);
    }

    private static void EmitMethod(SourceWriter writer, TypeModel model, bool isWrite)
    {
        bool isReference = model.Ref.CanBeNull && model is not NullableModel;
        string value = (isReference ? "" : "in ") + model.Ref.Name + " value";
        writer.Line(GeneratedCode.Attribute);
        writer.Open(isWrite
            ? $"internal static void Write_{model.Ref.Method}(ref {GeneratedCode.Writer} writer, {value})"
            : $"internal static {model.Ref.Name} Read_{model.Ref.Method}(ref {GeneratedCode.Reader} reader)");
        if (isReference && isWrite) writer.Open("if (value is null)").Line("writer.WriteNil();").Line("return;").Close().Line();
        if (isReference && !isWrite) writer.Line("if (reader.TryReadNil()) return null;").Line();
        EmitBody(writer, model, isWrite);
        writer.Close();
    }

    private static void EmitBody(SourceWriter writer, TypeModel model, bool isWrite)
    {
        switch (model)
        {
            case ObjectModel type when isWrite:
                ObjectWriteEmitter.Emit(writer, type);
                break;
            case ObjectModel type:
                ObjectReadEmitter.Emit(writer, type);
                break;
            case UnionModel type when isWrite:
                UnionEmitter.EmitWrite(writer, type);
                break;
            case UnionModel type:
                UnionEmitter.EmitRead(writer, type);
                break;
            case CustomModel type when isWrite:
                writer.Line($"{type.Serializer}.Write(ref writer, in value);");
                break;
            case CustomModel type:
                writer.Line($"return {type.Serializer}.Read(ref reader);");
                break;
            case CollectionModel type when isWrite:
                CollectionEmitter.EmitWrite(writer, type);
                break;
            case CollectionModel type:
                CollectionEmitter.EmitRead(writer, type);
                break;
            case DictionaryModel type when isWrite:
                DictionaryEmitter.EmitWrite(writer, type);
                break;
            case DictionaryModel type:
                DictionaryEmitter.EmitRead(writer, type);
                break;
            case TupleModel type when isWrite:
                TupleEmitter.EmitWrite(writer, type);
                break;
            case TupleModel type:
                TupleEmitter.EmitRead(writer, type);
                break;
            case MultiArrayModel type when isWrite:
                MultiArrayEmitter.EmitWrite(writer, type);
                break;
            case MultiArrayModel type:
                MultiArrayEmitter.EmitRead(writer, type);
                break;
            case GroupingModel type when isWrite:
                GroupingEmitter.EmitWrite(writer, type);
                break;
            case GroupingModel type:
                GroupingEmitter.EmitRead(writer, type);
                break;
            case NullableModel type when isWrite:
                writer.Line($"if (value.HasValue) {GeneratedCode.Write(type.Value, "value.GetValueOrDefault()")};");
                writer.Line("else writer.WriteNil();");
                break;
            case NullableModel type:
                writer.Line($"return reader.TryReadNil() ? default({type.Ref.Name}) : {GeneratedCode.Read(type.Value)};");
                break;
        }
    }
}
