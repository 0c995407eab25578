using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    private const string AnyValue = "a value";

    /// <summary>
    /// Reads over one value of any kind with all it contains, without recursion. Text is not checked to be UTF-8, nor extensions to
    /// mean anything.
    /// </summary>
    /// <exception cref="RpcSerializationException">The data ends, is not MessagePack, or is nested too deep.</exception>
    public void Skip()
    {
        long values = SkipOne();
        if (values != 0) SkipContents(values);
    }

    [SkipLocalsInit]
    private void SkipContents(long values)
    {
        // For every level that is open: how many values it still holds.
        Span<long> open = stackalloc long[MessagePackLimits.MaxDepth];
        int level = 0;
        while (true)
        {
            if (values != 0)
            {
                if (_depth + level >= MessagePackLimits.MaxDepth) MessagePackErrors.TooDeepToRead(Consumed);
                open[level++] = values;
            }

            // The innermost level that still holds something goes on.
            while (level > 0 && open[level - 1] == 0) level--;
            if (level == 0) return;
            open[level - 1]--;
            values = SkipOne();
        }
    }

    /// <summary>Reads over a scalar, or over the header of a container whose number of values it returns.</summary>
    private long SkipOne()
    {
        byte code = Peek(AnyValue);
        switch (code)
        {
            case <= MessagePackFormat.MaxPositiveFixInt:
            case >= MessagePackFormat.MinNegativeFixInt:
            case MessagePackFormat.Nil or MessagePackFormat.True or MessagePackFormat.False:
                _index++;
                return 0;
            case < MessagePackFormat.FixArray: return 2L * ReadMapHeader();
            case < MessagePackFormat.FixStr: return ReadArrayHeader();
            case < MessagePackFormat.Nil:
            case MessagePackFormat.Str8 or MessagePackFormat.Str16 or MessagePackFormat.Str32:
                Advance(ReadStringHeader(AnyValue));
                return 0;
            case MessagePackFormat.Bin8: Advance(ReadLengthAfterCode(1, code, 0, AnyValue)); return 0;
            case MessagePackFormat.Bin16: Advance(ReadLengthAfterCode(2, code, 0, AnyValue)); return 0;
            case MessagePackFormat.Bin32: Advance(ReadLengthAfterCode(4, code, 0, AnyValue)); return 0;
            case MessagePackFormat.UInt8 or MessagePackFormat.Int8: ReadNumberAfterCode(1, AnyValue); return 0;
            case MessagePackFormat.UInt16 or MessagePackFormat.Int16: ReadNumberAfterCode(2, AnyValue); return 0;
            case MessagePackFormat.UInt32 or MessagePackFormat.Int32 or MessagePackFormat.Float32:
                ReadNumberAfterCode(4, AnyValue);
                return 0;
            case MessagePackFormat.UInt64 or MessagePackFormat.Int64 or MessagePackFormat.Float64:
                ReadNumberAfterCode(8, AnyValue);
                return 0;
            case MessagePackFormat.Array16 or MessagePackFormat.Array32: return ReadArrayHeader();
            case MessagePackFormat.Map16 or MessagePackFormat.Map32: return 2L * ReadMapHeader();
            case MessagePackFormat.NeverUsed:
                MessagePackErrors.Unexpected(AnyValue, code, Consumed);
                return 0;
            default:
                Advance(ReadExtensionHeader(AnyValue, out _));
                return 0;
        }
    }
}
