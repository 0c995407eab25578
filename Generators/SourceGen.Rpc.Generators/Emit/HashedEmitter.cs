using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints the beginning and the end of reading a collection. One that hashes what a peer chose gets a comparer that bounds the cost of
/// collisions.
/// </summary>
internal static class HashedEmitter
{
    public static void EmitNew(SourceWriter writer, TypeModel model, string builtAs, TypeRef key, KeyHashing hashing, bool isSorted)
    {
        if (isSorted)
        {
            writer.Line($"{builtAs} items = new();");
            return;
        }

        string comparer = "";
        if (hashing == KeyHashing.Seeded)
        {
            comparer = $", {GeneratedCode.Services}SeededComparer<{key.Name}>.For(count)";
        }
        else if (hashing == KeyHashing.Guarded)
        {
            string guard = $"{GeneratedCode.Services}CollisionGuard<{key.Name}>";
            writer.Line($"{guard} guard = {guard}.For({Literals.Text(CollectionEmitter.Plain(model))}, count);");
            comparer = ", guard";
        }

        writer.Line($"{builtAs} items = new({CollectionEmitter.Capacity}{comparer});");
    }

    public static void EmitReturn(SourceWriter writer, KeyHashing hashing, string finish)
    {
        writer.Line("reader.Leave();");
        if (hashing == KeyHashing.Guarded) writer.Line("guard?.Release();");
        writer.Line($"return {(finish.Length == 0 ? "items" : finish)};");
    }
}
