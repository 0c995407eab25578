using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints how members are assigned, and the accessors of setters that are not public, which the runtime binds without reflection.
/// </summary>
internal static class AccessorEmitter
{
    /// <summary>A statement that assigns a member of <c>value</c>.</summary>
    public static string Assign(ObjectModel type, MemberModel member, string to) => member.HiddenIn.Length == 0
        ? $"value.{TypeNames.Escape(member.Name)} = {to};"
        : $"{Name(type, member)}({(IsStruct(type) ? "ref " : "")}value, {to});";

    /// <summary>Prints the accessors of an object.</summary>
    public static void Emit(SourceWriter writer, ObjectModel type)
    {
        foreach (MemberModel member in type.Members.Where(static m => m.HiddenIn.Length > 0))
        {
            writer.Line().Line(GeneratedCode.Attribute);
            writer.Line("[global::System.Runtime.CompilerServices.UnsafeAccessor("
                + $"global::System.Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = {Literals.Text("set_" + member.Name)})]");
            writer.Line($"private static extern void {Name(type, member)}({(IsStruct(type) ? "ref " : "")}{member.HiddenIn} value, "
                + $"{member.Type.Name} to);");
        }
    }

    private static string Name(ObjectModel type, MemberModel member) => $"Set_{type.Ref.Method}_{member.Name}";

    private static bool IsStruct(ObjectModel type) => !type.Ref.CanBeNull;
}
