using System.Globalization;
using System.Text;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>What has a fast path of its own writes the same bytes as what has none.</summary>
public sealed class ShortTextTests
{
    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 41), 63, 64, 65, 66];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_short_text_is_its_utf8_wherever_it_leaves_ascii(int length)
    {
        StringBuilder text = new(string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + i))));
        AssertIsUtf8(text.ToString());
        foreach (char odd in "\0\u007F\u0080\u00FF\u0100\u4E16\uFF21")
        {
            for (int i = 0; i < length; i++)
            {
                char before = text[i];
                text[i] = odd;
                AssertIsUtf8(text.ToString());
                text[i] = before;
            }
        }
    }

    [Fact]
    public void A_decimal_is_its_invariant_text_whatever_its_digits_scale_and_sign()
    {
        Random random = new(20_261_121);
        for (int i = 0; i < 50_000; i++)
        {
            // Every length of number, from no digit to 96 bits.
            int bits = random.Next(97);
            UInt128 digits = bits == 0 ? 0 : new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64() << 1) >> (128 - bits);
            decimal value = new(
                (int)(uint)digits, (int)(uint)(digits >> 32), (int)(uint)(digits >> 64), random.Next(2) == 0, (byte)random.Next(29));
            string text = value == 0
                ? value.ToString(CultureInfo.InvariantCulture).TrimStart('-')
                : value.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(Encoding.ASCII.GetBytes(text), WireBytes.Encode(Shapes.Decimal, value)[1..]);
        }
    }

    private static void AssertIsUtf8(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Assert.Equal(utf8, WireBytes.Encode(Shapes.String, text)[^utf8.Length..]);
        Assert.Equal(text, WireBytes.Decode(Shapes.String, WireBytes.Encode(Shapes.String, text)));
    }
}
