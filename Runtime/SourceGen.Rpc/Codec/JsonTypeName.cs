namespace SourceGen.Rpc;

/// <summary>Types as C# source writes them, so that an attribute in an error message can be pasted.</summary>
internal static class JsonTypeName
{
    internal static string Of(Type type)
    {
        if (type.IsArray) return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is Type underlying) return Of(underlying) + "?";
        string name = type.ToString();
        int arguments = name.IndexOf('[', StringComparison.Ordinal);
        if (arguments >= 0) name = name[..arguments];
        if (!type.IsGenericType) return name.Replace('+', '.');

        // The arguments of outer and nested types stand in one list: `Outer`1+Inner`1[A,B]` is Outer<A>.Inner<B>.
        Type[] types = type.GetGenericArguments();
        int next = 0;
        string[] parts = name.Split('+');
        for (int i = 0; i < parts.Length; i++)
        {
            int tick = parts[i].IndexOf('`', StringComparison.Ordinal);
            if (tick < 0) continue;
            int count = int.Parse(parts[i].AsSpan(tick + 1), System.Globalization.CultureInfo.InvariantCulture);
            parts[i] = $"{parts[i][..tick]}<{string.Join(", ", types[next..(next + count)].Select(Of))}>";
            next += count;
        }

        return string.Join('.', parts);
    }
}
