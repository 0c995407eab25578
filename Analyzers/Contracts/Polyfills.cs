global using Int128 = System.Decimal; // netstandard2.0 has no wider integer; it holds every integer of 64 bits, signed or not.

namespace System.Runtime.CompilerServices
{
    /// <summary>netstandard2.0 lacks the type that the compiler asks for when it compiles records and init accessors.</summary>
    internal static class IsExternalInit;
}

namespace SourceGen.Rpc.Contracts
{
    /// <summary>What the sources that are shared with the engine use, and netstandard2.0 lacks.</summary>
    internal static class Polyfills
    {
        extension(ArgumentNullException)
        {
            public static void ThrowIfNull(object? argument)
            {
                if (argument is null) throw new ArgumentNullException(nameof(argument));
            }
        }

        public static TValue? GetValueOrDefault<TKey, TValue>(this Dictionary<TKey, TValue> dictionary, TKey key)
            where TKey : notnull => dictionary.TryGetValue(key, out TValue? value) ? value : default;

        public static IEnumerable<T> DistinctBy<T, TKey>(
            this IEnumerable<T> source, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null)
        {
            HashSet<TKey> known = new(comparer);
            return source.Where(item => known.Add(keySelector(item)));
        }
    }
}
