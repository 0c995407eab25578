using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints arrays, lists, sets and sequences. A reader reserves memory for at most 4096 elements before any of them arrived, so that a
/// short message cannot make it allocate much.
/// </summary>
internal static class CollectionEmitter
{
    public const string Capacity = "global::System.Math.Min(count, 4096)";

    /// <summary>A type's name as error messages show it.</summary>
    public static string Plain(TypeModel model) => model.Ref.Name.Replace("global::", "");

    public static void EmitWrite(SourceWriter writer, CollectionModel model)
    {
        string element = model.Element.Name;
        string write = GeneratedCode.Write(model.Element, "item") + ";";
        writer.Line("writer.Enter();");
        switch (model.Access)
        {
            case CollectionAccess.Array:
                writer.Line("writer.WriteArrayHeader(value.Length);").Line($"foreach ({element} item in value) {write}");
                break;
            case CollectionAccess.List:
                writer.Line($"global::System.ReadOnlySpan<{element}> items = "
                    + "global::System.Runtime.InteropServices.CollectionsMarshal.AsSpan(value);");
                writer.Line("writer.WriteArrayHeader(items.Length);").Line($"foreach (ref readonly {element} item in items) {write}");
                break;
            case CollectionAccess.Concrete:
                writer.Line("writer.WriteArrayHeader(value.Count);").Line($"foreach ({element} item in value) {write}");
                break;
            default:
                EmitCounted(writer, model, element, write);
                break;
        }

        writer.Line("writer.Leave();");
    }

    public static void EmitRead(SourceWriter writer, CollectionModel model)
    {
        string read = GeneratedCode.Read(model.Element);
        writer.Line("reader.Enter();").Line("int count = reader.ReadArrayHeader();");
        if (model.Access == CollectionAccess.Array)
        {
            writer.Line($"{model.Ref.Name} items = {NewArray(model.Element.Name, Capacity)};");
            writer.Open("for (int i = 0; i < count; i++)");
            writer.Line("if (i == items.Length) global::System.Array.Resize(ref items, (int)global::System.Math.Min(count, 2L * i));");
            writer.Line($"items[i] = {read};");
        }
        else
        {
            HashedEmitter.EmitNew(writer, model, model.BuiltAs, model.Element, model.Hashing);
            writer.Open("for (int i = 0; i < count; i++)").Line($"items.Add({read});");
        }

        writer.Close().Line();
        HashedEmitter.EmitReturn(writer, model.Hashing);
    }

    /// <summary>
    /// An interface may hide a collection that other threads change; the count on the wire must be the number of elements.
    /// </summary>
    private static void EmitCounted(SourceWriter writer, CollectionModel model, string element, string write)
    {
        if (model.Access == CollectionAccess.Sequence)
        {
            writer.Open("if (!global::System.Linq.Enumerable.TryGetNonEnumeratedCount(value, out int count))");
            writer.Line($"{model.BuiltAs} list = new(value);").Line("count = list.Count;").Line("value = list;").Close().Line();
        }
        else
        {
            // IReadOnlyList and its like have the one Count; ISet and IList inherit theirs from ICollection.
            writer.Line("int count = value.Count;");
        }

        writer.Line("writer.WriteArrayHeader(count);");
        writer.Open($"foreach ({element} item in value)").Line("count--;").Line(write).Close().Line();
        writer.Line($"if (count != 0) {GeneratedCode.Errors}.ThrowCollectionChanged({Literals.Text(Plain(model))});");
    }

    /// <summary>An array of arrays takes its length in the first pair of brackets.</summary>
    private static string NewArray(string element, string length)
    {
        int end = element.Length;
        while (element.Substring(0, end).EndsWith("[]", StringComparison.Ordinal)) end -= 2;
        return $"new {element.Substring(0, end)}[{length}]{element.Substring(end)}";
    }
}
