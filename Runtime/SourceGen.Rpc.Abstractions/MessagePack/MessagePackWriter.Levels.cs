using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackWriter
{
    /// <summary>Enters a value of a named type, which the error names; otherwise as <see cref="Enter()"/>.</summary>
    /// <param name="type">The type.</param>
    /// <exception cref="RpcSerializationException">More than <see cref="MessagePackLimits.MaxDepth"/> levels are open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string type)
    {
        if (++_depth > MessagePackLimits.MaxDepth) MessagePackErrors.TooDeepToWrite(type);
    }
}
