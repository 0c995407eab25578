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
        if (model.NilTest.Length > 0)
            writer.Open($"if ({model.NilTest})").Line("writer.WriteNil();").Line("return;").Close().Line();
        writer.Line("writer.Enter();");
        switch (model.Access)
        {
            case CollectionAccess.Array:
                writer.Line("writer.WriteArrayHeader(value.Length);").Line($"foreach ({element} item in value) {write}");
                break;
            case CollectionAccess.List:
                EmitSpan(writer, element, ListItems("value"), write);
                break;
            case CollectionAccess.Span:
                EmitSpan(writer, element, model.Items, write);
                break;
            case CollectionAccess.Copied:
                writer.Line($"global::System.Collections.Generic.List<{element}> copy = new({model.Items});");
                EmitSpan(writer, element, ListItems("copy"), write);
                break;
            case CollectionAccess.Segments:
                writer.Line("writer.WriteArrayHeader(checked((int)value.Length));");
                writer.Open($"foreach (global::System.ReadOnlyMemory<{element}> segment in value)");
                writer.Line($"foreach (ref readonly {element} item in segment.Span) {write}").Close();
                break;
            case CollectionAccess.Snapshot:
                writer.Line($"{ArrayOf(element)} items = {model.Items}.ToArray();");
                writer.Line("writer.WriteArrayHeader(items.Length);").Line($"foreach ({element} item in items) {write}");
                break;
            case CollectionAccess.Concrete:
                writer.Line($"writer.WriteArrayHeader({model.Items}.Count);").Line($"foreach ({element} item in {model.Items}) {write}");
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
        if (!model.Ref.CanBeNull) writer.Line("if (reader.TryReadNil()) return default;").Line();
        writer.Line("reader.Enter();").Line("int count = reader.ReadArrayHeader();");
        if (model.BuiltAs.Length == 0)
        {
            EmitReadArray(writer, model.Element);
        }
        else
        {
            HashedEmitter.EmitNew(writer, model, model.BuiltAs, model.Hashed ?? model.Element, model.Hashing, model.IsSorted);
            writer.Open("for (int i = 0; i < count; i++)").Line($"items.Add({read});").Close();
        }

        writer.Line();
        if (model.IsReversed) writer.Line("global::System.Array.Reverse(items);");
        HashedEmitter.EmitReturn(writer, model.Hashing, model.Finish);
    }

    /// <summary>Prints how <c>count</c> elements are read into an array <c>items</c>.</summary>
    public static void EmitReadArray(SourceWriter writer, TypeRef element)
    {
        writer.Line($"{ArrayOf(element.Name)} items = {NewArray(element.Name, Capacity)};");
        writer.Open("for (int i = 0; i < count; i++)");
        writer.Line("if (i == items.Length) global::System.Array.Resize(ref items, (int)global::System.Math.Min(count, 2L * i));");
        writer.Line($"items[i] = {GeneratedCode.Read(element)};").Close();
    }

    /// <summary>The creation of an array; of one of arrays, the lengths go into the first pair of brackets.</summary>
    public static string NewArray(string element, string lengths) => Insert(element, $"[{lengths}]", "new ");

    /// <summary>The type of an array of one dimension, which is written before those of its elements.</summary>
    public static string ArrayOf(string element) => Insert(element, "[]");

    private static string ListItems(string list) => $"global::System.Runtime.InteropServices.CollectionsMarshal.AsSpan({list})";

    private static void EmitSpan(SourceWriter writer, string element, string items, string write)
    {
        writer.Line($"global::System.ReadOnlySpan<{element}> items = {items};");
        writer.Line("writer.WriteArrayHeader(items.Length);").Line($"foreach (ref readonly {element} item in items) {write}");
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

    /// <summary>Puts brackets before those that an element's type ends with.</summary>
    private static string Insert(string element, string brackets, string prefix = "")
    {
        int end = element.Length;
        while (element[end - 1] == ']') end = element.LastIndexOf('[', end - 1);
        return prefix + element.Substring(0, end) + brackets + element.Substring(end);
    }
}
