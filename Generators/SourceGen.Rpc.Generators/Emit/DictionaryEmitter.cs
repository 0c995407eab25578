using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints dictionaries: maps with keys of any type.</summary>
internal static class DictionaryEmitter
{
    public static void EmitWrite(SourceWriter writer, DictionaryModel model)
    {
        string pair = $"global::System.Collections.Generic.KeyValuePair<{model.Key.Name}, {model.Value.Name}>";
        bool isCounted = model.Access == CollectionAccess.Counted;
        bool isSnapshot = model.Access == CollectionAccess.Snapshot;
        writer.Line("writer.Enter();");
        if (isCounted) writer.Line("int count = value.Count;");
        if (isSnapshot) writer.Line($"{pair}[] pairs = value.ToArray();");
        writer.Line($"writer.WriteMapHeader({(isCounted ? "count" : isSnapshot ? "pairs.Length" : "value.Count")});");
        writer.Open($"foreach ({pair} pair in {(isSnapshot ? "pairs" : "value")})");
        if (isCounted) writer.Line("count--;");
        writer.Line(GeneratedCode.Write(model.Key, "pair.Key") + ";");
        writer.Line(GeneratedCode.Write(model.Value, "pair.Value") + ";").Close().Line();
        if (isCounted)
            writer.Line($"if (count != 0) {GeneratedCode.Errors}.ThrowCollectionChanged({Literals.Text(CollectionEmitter.Plain(model))});");
        writer.Line("writer.Leave();");
    }

    public static void EmitRead(SourceWriter writer, DictionaryModel model)
    {
        writer.Line("reader.Enter();").Line("int count = reader.ReadMapHeader();");
        HashedEmitter.EmitNew(writer, model, model.BuiltAs, model.Key, model.Hashing, model.IsSorted);
        writer.Open("for (int i = 0; i < count; i++)").Line($"{model.Key.Name} key = {GeneratedCode.Read(model.Key)};");
        if (model.Key.CanBeNull)
            writer.Line($"if (key is null) {GeneratedCode.Errors}.ThrowNilKey({Literals.Text(CollectionEmitter.Plain(model))}, "
                + "reader.Consumed);");
        writer.Line($"items[key] = {GeneratedCode.Read(model.Value)};").Close().Line();
        HashedEmitter.EmitReturn(writer, model.Hashing, model.Finish);
    }
}
