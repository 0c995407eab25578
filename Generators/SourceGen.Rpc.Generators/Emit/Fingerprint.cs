using System.Security.Cryptography;
using System.Text;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>The fingerprint of a schema: the first 8 bytes, little endian, of the SHA-256 of its UTF-8 bytes.</summary>
internal static class Fingerprint
{
    public static ulong Of(string schema)
    {
        using SHA256 sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes(schema));
        ulong fingerprint = 0;
        for (int i = 7; i >= 0; i--) fingerprint = (fingerprint << 8) | hash[i];
        return fingerprint;
    }
}
