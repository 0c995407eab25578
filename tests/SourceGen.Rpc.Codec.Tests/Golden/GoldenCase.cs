using System.Runtime.CompilerServices;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>
/// One line of messagepack.json that this library writes and reads alike. Type and expression are those of the file, letter by letter:
/// that is how the two are matched, and why some lines here are long.
/// </summary>
internal abstract partial class GoldenCase(string type, string value, bool contractless)
{
    public static IReadOnlyList<GoldenCase> All { get; } = [.. Scalars, .. Collections, .. Library, .. Objects, .. Attributes];

    public string Key { get; } = GoldenLine.KeyOf(type, value, contractless ? "contractless" : "standard");

    public abstract byte[] Encode();

    /// <summary>Reads with the generated serializer, and writes again.</summary>
    public abstract byte[] Reencode(byte[] data);

    private static GoldenCase Of<T>(
        string type, T value, bool contractless = false, [CallerArgumentExpression(nameof(value))] string expression = "") =>
        new Typed<T>(type, value, expression, contractless);

    private sealed class Typed<T>(string type, T value, string expression, bool contractless) : GoldenCase(type, expression, contractless)
    {
        public override byte[] Encode() => WireBytes.Encode(GoldenShapes.Of<T>(), value);

        public override byte[] Reencode(byte[] data) => WireBytes.Encode(GoldenShapes.Of<T>(), WireBytes.Decode(GoldenShapes.Of<T>(), data));
    }
}
