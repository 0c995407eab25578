using System.Text;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class KeyHashTests
{
    /// <summary>From other implementations of XXH64, seed 0.</summary>
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void Texts_have_the_published_hashes(string text, ulong hash)
    {
        Assert.Equal(hash, KeyHash.Of(text));
        Assert.Equal(hash, KeyHash.Of(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Numbers_and_identifiers_are_hashed_by_their_bytes()
    {
        Assert.Equal(KeyHash.Of([0xF0, 0xDE, 0xBC, 0x9A, 0x78, 0x56, 0x34, 0x12]), KeyHash.Of(0x1234_5678_9ABC_DEF0));
        Assert.Equal(
            KeyHash.Of([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
            KeyHash.Of(Guid.Parse("00010203-0405-0607-0809-0a0b0c0d0e0f")));
    }

    [Fact]
    public void A_text_of_any_length_has_the_hash_of_its_bytes()
    {
        for (int length = 0; length < 700; length++)
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(static i => (char)('a' + i % 23 + (i % 7 == 0 ? 0x400 : 0))));
            Assert.Equal(KeyHash.Of(Encoding.UTF8.GetBytes(text)), KeyHash.Of(text));
        }
    }

    [Fact]
    public void Two_things_together_have_a_hash_that_depends_on_both_and_their_order()
    {
        Assert.NotEqual(KeyHash.Combine(1, 2), KeyHash.Combine(2, 1));
        Assert.NotEqual(KeyHash.Combine(1, 2), KeyHash.Combine(1, 3));
        Assert.Equal(KeyHash.Combine(1, 2), KeyHash.Combine(1, 2));
    }

    [Fact]
    public void Hashing_allocates_nothing()
    {
        string text = new('x', 5_000);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++) KeyHash.Of(text);
        }));
    }
}
