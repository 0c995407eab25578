using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    /// <summary>Enters a value of a named type, which the error names; otherwise as <see cref="Enter()"/>.</summary>
    /// <param name="type">The type.</param>
    /// <exception cref="RpcSerializationException">More than <see cref="MessagePackLimits.MaxDepth"/> levels are open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string type)
    {
        if (++_depth > MessagePackLimits.MaxDepth) MessagePackErrors.TooDeepToRead(type, Consumed);
    }

    /// <summary>
    /// The first byte of the next value, which tells its format; a byte that no value begins with at the end of the data.
    /// </summary>
    internal byte NextCode => _index >= _span.Length && !MoveToByte() ? MessagePackFormat.NeverUsed : _span[_index];

    /// <summary>Reads over one value as <see cref="Skip"/> does, and keeps its bytes.</summary>
    internal void SkipInto(RawBuffer buffer)
    {
        long start = Consumed;
        long before = _before;
        int index = _index;
        Skip();
        if (_before == before) buffer.Append(_span[index.._index]);
        else buffer.Append(_input.Slice(start, Consumed - start));
    }
}
