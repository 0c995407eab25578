using System.Buffers;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>
/// Overwrites every array that comes back, so that whoever still reads it reads nonsense; and refuses one that comes back twice.
/// </summary>
internal sealed class PoisonPool : ArrayPool<byte>
{
    private readonly HashSet<byte[]> _lent = new(ReferenceEqualityComparer.Instance);

    public override byte[] Rent(int minimumLength)
    {
        byte[] array = new byte[minimumLength];
        lock (_lent) _lent.Add(array);
        return array;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (_lent)
        {
            if (!_lent.Remove(array)) throw new InvalidOperationException("The array was returned twice.");
        }

        array.AsSpan().Fill(0xDD);
    }
}
