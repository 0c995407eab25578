using System.Collections.Immutable;
using System.Numerics;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>Types that messagepack.json has no case of: MessagePack-CSharp has no form for them, or one like those in the file.</summary>
[Service]
public partial interface IUnlike
{
    ValueTask<Index> Result000();

    ValueTask<Range> Result001();

    ValueTask<Vector4> Result002();

    ValueTask<Matrix3x2> Result003();

    ValueTask<Matrix4x4> Result004();

    ValueTask<IImmutableQueue<int>> Result005();

    ValueTask<IImmutableStack<int>> Result006();

    ValueTask<IImmutableSet<int>> Result007();

    ValueTask<IImmutableDictionary<int, int>> Result008();

    ValueTask<ReadOnlyMemory<int>> Result009();

    ValueTask<System.Buffers.ReadOnlySequence<int>> Result010();

    ValueTask<ILookup<string?, int>> Result011();

    ValueTask<int[,][]> Result012();

    ValueTask<SortedSet<int>[,,,]> Result013();
}
