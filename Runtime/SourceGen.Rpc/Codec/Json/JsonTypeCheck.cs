using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SourceGen.Rpc.Codec.Json;

/// <summary>
/// Finds, when a method is bound, the types that System.Text.Json writes and reads back as something else, without a word: it would write
/// the properties that a BigInteger happens to have, and read zero.
/// </summary>
internal static class JsonTypeCheck
{
    private static readonly HashSet<Type> s_lost =
    [
        typeof(BigInteger), typeof(Complex), typeof(Rune), typeof(Index), typeof(Range), typeof(BitArray), typeof(StringBuilder),
        typeof(Vector2), typeof(Vector3), typeof(Vector4), typeof(Quaternion), typeof(Matrix3x2), typeof(Matrix4x4),
    ];

    private static readonly HashSet<Type> s_lostGeneric = [typeof(ReadOnlySequence<>), typeof(PriorityQueue<,>), typeof(ArraySegment<>)];

    private static readonly HashSet<Type> s_stacks =
        [typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>)];

    /// <summary>Looks through a type and everything that it holds.</summary>
    /// <exception cref="NotSupportedException">A type would arrive as something else.</exception>
    public static void Check(JsonTypeInfo root)
    {
        JsonSerializerOptions options = root.Options;
        HashSet<Type> seen = [root.Type];
        Stack<JsonTypeInfo> open = new([root]);
        while (open.TryPop(out JsonTypeInfo? info))
        {
            // A type with a converter of its own is the converter's matter.
            if (info.Kind == JsonTypeInfoKind.None) continue;
            if (WhyNot(info.Type) is { } reason)
                throw new NotSupportedException($"The JSON codec cannot serialize {JsonTypeName.Of(info.Type)}: {reason}");
            if (info.Kind == JsonTypeInfoKind.Object)
            {
                foreach (JsonPropertyInfo property in info.Properties)
                {
                    // What is computed is written and never read.
                    if (property.Set is not null || property.AssociatedParameter is not null) Open(property.PropertyType);
                }
            }

            Open(info.ElementType);
            Open(info.KeyType);
        }

        void Open(Type? type)
        {
            if (type is not null && seen.Add(type) && options.TryGetTypeInfo(type, out JsonTypeInfo? info)) open.Push(info);
        }
    }

    private static string? WhyNot(Type type)
    {
        if (s_lost.Contains(type))
        {
            return "System.Text.Json has no form for it, and would lose its value. Give it a converter: "
                + "JsonCodec.AddConverters(options) has those of most types.";
        }

        if (!type.IsGenericType) return null;
        Type definition = type.GetGenericTypeDefinition();
        if (s_lostGeneric.Contains(definition))
            return "System.Text.Json has no form for it, and would lose its value. Use an array or a List<T>.";
        return s_stacks.Contains(definition) ? "System.Text.Json would read it upside down. Use a List<T>." : null;
    }
}
