using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc;

/// <summary>One type's generated MessagePack methods behind the codec seam.</summary>
internal sealed class MessagePackSerializer<T>(TypeShape<T> shape) : ISerializer<T>
{
    private readonly MessagePackWrite<T> _write = shape.Write;
    private readonly MessagePackRead<T> _read = shape.Read;

    /// <summary>Writes one value with a writer that goes on with others.</summary>
    public MessagePackWrite<T> Write => _write;

    /// <summary>Reads one value with a reader that goes on with others.</summary>
    public MessagePackRead<T> Read => _read;

    public void Serialize(IBufferWriter<byte> writer, in T value)
    {
        MessagePackWriter messagePack = new(writer);
        _write(ref messagePack, in value);
        messagePack.Flush();
    }

    public T Deserialize(in ReadOnlySequence<byte> data)
    {
        MessagePackReader reader = new(data);
        T value;
        try
        {
            value = _read(ref reader);
        }
        catch (Exception e) when (CodecErrors.IsFromUserCode(e))
        {
            throw CodecErrors.UserCodeThrew<T>(e, reader.Consumed);
        }

        if (!reader.End) throw CodecErrors.TrailingBytes<T>(reader.Consumed, data.Length);
        return value;
    }
}
