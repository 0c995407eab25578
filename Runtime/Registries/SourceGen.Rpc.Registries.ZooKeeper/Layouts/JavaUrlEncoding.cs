using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// The encoding of HTML forms in UTF-8, as Java's <c>java.net.URLEncoder</c> does it: letters, digits and <c>.-*_</c> stand for themselves,
/// a space is <c>+</c>, everything else is percent-encoded. Source: the documentation of that class.
/// </summary>
internal static class JavaUrlEncoding
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(string text)
    {
        StringBuilder encoded = new(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '*' or '_') encoded.Append(c);
            else if (c == ' ') encoded.Append('+');
            else encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return encoded.ToString();
    }

    /// <exception cref="FormatException">
    /// A percent sign is not followed by two hexadecimal digits, or what results is not UTF-8.
    /// </exception>
    public static string Decode(string text)
    {
        byte[] source = Encoding.UTF8.GetBytes(text);
        byte[] decoded = new byte[source.Length];
        int length = 0;
        for (int i = 0; i < source.Length; i++)
        {
            byte b = source[i];
            if (b == '+')
            {
                b = (byte)' ';
            }
            else if (b == '%')
            {
                if (i + 2 >= source.Length || !char.IsAsciiHexDigit((char)source[i + 1]) || !char.IsAsciiHexDigit((char)source[i + 2]))
                {
                    throw new FormatException($"the percent sign at byte {i:N0} is not followed by two hexadecimal digits");
                }

                b = byte.Parse(source.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
            }

            decoded[length++] = b;
        }

        try
        {
            return s_strict.GetString(decoded, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("what its percent signs stand for is not UTF-8", e);
        }
    }
}
