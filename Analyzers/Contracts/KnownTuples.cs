using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>The structs of the class library that are nothing but their numbers: arrays of fixed length, as tuples are.</summary>
internal static class KnownTuples
{
    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["Complex"] = ["Real", "Imaginary"],
        ["Vector2"] = ["X", "Y"],
        ["Vector3"] = ["X", "Y", "Z"],
        ["Vector4"] = ["X", "Y", "Z", "W"],
        ["Quaternion"] = ["X", "Y", "Z", "W"],
        ["Matrix3x2"] = ["M11", "M12", "M21", "M22", "M31", "M32"],
        ["Matrix4x4"] =
        [
            "M11", "M12", "M13", "M14", "M21", "M22", "M23", "M24", "M31", "M32", "M33", "M34", "M41", "M42", "M43", "M44",
        ],
    };

    /// <summary>The names of the members, in the order of the constructor's parameters; null for any other type.</summary>
    public static IReadOnlyList<string>? Find(INamedTypeSymbol type) =>
        Members.TryGetValue(type.Name, out string[]? members) && KnownTypes.Is(type, "System.Numerics", type.Name) ? members : null;

    /// <summary>What the members are: floats, but for a complex number's.</summary>
    public static SpecialType ElementOf(INamedTypeSymbol type) =>
        type.Name == "Complex" ? SpecialType.System_Double : SpecialType.System_Single;
}
