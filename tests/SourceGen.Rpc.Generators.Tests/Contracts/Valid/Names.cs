using @new.@record;

[Service]
partial interface IGlobal
{
    Task @class(int @int, string @await, bool field);

    ValueTask<int> ToString(int Equals, int Write, int Read, int Initial, int request, int reader, int writer, int count, int i, int ToStringRequest);

    ValueTask Async(Under_Score a, Under.Score b, @required c);

    [Method(Name = "3-odd")]
    ValueTask Odd(int _odd, int channel, CancellationToken _tostring);

    [Method(Name = "Instance")]
    ValueTask Serializers(int Serializers);

    [Method(Name = "Serializers")]
    ValueTask Serializers(string global);

    [Method(Name = "serializers")]
    ValueTask Schema(int[] IGlobalProxy, int @_);

    ValueTask GetHashCode(CancellationToken token);
}

public record Under_Score(int A);

namespace @new.@record
{
    public record struct @required(int @event);

    public partial class @file
    {
        internal partial record Inner
        {
            internal partial struct Deep
            {
                [Service]
                internal partial interface @interface
                {
                    ValueTask<@file.Payload> M(Payload p);
                }
            }
        }

        internal sealed record Payload(int @params);
    }
}

namespace Under
{
    public record Score(int A);
}

namespace Cases
{
    [Service]
    public partial interface ICase
    {
        ValueTask M(Word a, word b);
    }

    [Service]
    public partial interface Icase
    {
        ValueTask M(Word a, word b);
    }

    public record Word(int A);

    public record @word(int B);
}

namespace SourceGen.Rpc.System
{
    [Service]
    public partial interface IEmpty;
}
