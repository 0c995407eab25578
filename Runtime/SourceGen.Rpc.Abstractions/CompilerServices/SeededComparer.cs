using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// Compares keys of a scalar type as <see cref="EqualityComparer{T}.Default"/> does, and hashes every bit that counts with a seed of the
/// process, so that a peer cannot choose keys that collide.
/// </summary>
/// <typeparam name="T">
/// <see cref="int"/>, <see cref="uint"/>, <see cref="long"/>, <see cref="ulong"/>, an enum of one of them, <see cref="float"/>,
/// <see cref="double"/>, <see cref="Guid"/>, <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="TimeSpan"/>,
/// <see cref="DateOnly"/>, <see cref="TimeOnly"/>, <see cref="Int128"/>, <see cref="UInt128"/>, <see cref="Rune"/>, <see cref="Index"/> or
/// <see cref="Range"/>.
/// </typeparam>
public sealed class SeededComparer<T> : IEqualityComparer<T>
    where T : struct
{
    private static readonly SeededComparer<T> _instance = new();

    private SeededComparer()
    {
    }

    private static bool IsSupported => typeof(T).IsEnum
        ? Unsafe.SizeOf<T>() >= sizeof(int)
        : typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong)
            || typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Guid)
            || typeof(T) == typeof(DateTime) || typeof(T) == typeof(DateTimeOffset) || typeof(T) == typeof(TimeSpan)
            || typeof(T) == typeof(DateOnly) || typeof(T) == typeof(TimeOnly) || typeof(T) == typeof(Int128) || typeof(T) == typeof(UInt128)
            || typeof(T) == typeof(Rune) || typeof(T) == typeof(Index) || typeof(T) == typeof(Range);

    /// <summary>Chooses how a collection that is about to be read compares its keys.</summary>
    /// <param name="count">How many keys it will have.</param>
    /// <returns>Null, which stands for the default comparer, for as many as can do no harm if all of them collide.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is none of the types listed.</exception>
    public static SeededComparer<T>? For(int count)
    {
        if (count <= CollisionLimits.MaxUnguarded) return null;
        if (!IsSupported) ThrowUnsupported();
        return _instance;
    }

    /// <inheritdoc/>
    public bool Equals(T x, T y) => EqualityComparer<T>.Default.Equals(x, y);

    /// <inheritdoc/>
    public int GetHashCode(T obj)
    {
        // Equal values must have equal hashes, so these do not hash what is no part of equality: the kind of a time, the offset, the
        // sign of zero, the bits of a NaN. The tests are constants of each instantiation.
        if (typeof(T) == typeof(DateTime)) return KeyHash.Of((ulong)Unsafe.BitCast<T, DateTime>(obj).Ticks);
        if (typeof(T) == typeof(DateTimeOffset)) return KeyHash.Of((ulong)Unsafe.BitCast<T, DateTimeOffset>(obj).UtcTicks);
        if (typeof(T) == typeof(double)) return KeyHash.Of(Bits(Unsafe.BitCast<T, double>(obj)));
        if (typeof(T) == typeof(float)) return KeyHash.Of(Bits(Unsafe.BitCast<T, float>(obj)));
        if (Unsafe.SizeOf<T>() == sizeof(uint)) return KeyHash.Of(Unsafe.BitCast<T, uint>(obj));
        if (Unsafe.SizeOf<T>() == sizeof(ulong)) return KeyHash.Of(Unsafe.BitCast<T, ulong>(obj));
        return KeyHash.Of(Unsafe.BitCast<T, UInt128>(obj));
    }

    [DoesNotReturn]
    private static void ThrowUnsupported() =>
        throw new NotSupportedException($"The bits of '{typeof(T)}' do not say which values are equal; use CollisionGuard<T>.");

    private static ulong Bits(double value) =>
        value == 0 ? 0 : BitConverter.DoubleToUInt64Bits(double.IsNaN(value) ? double.NaN : value);
}
