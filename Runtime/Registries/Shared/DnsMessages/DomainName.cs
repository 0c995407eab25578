using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>
/// A name: labels of at most 63 bytes, 255 in all (RFC 1035, 3.1). ASCII letters compare without case, everything else by its bytes, so the
/// UTF-8 of mDNS and a dot within a label are kept. As a text a dot in a label is <c>\.</c> and a byte that is no text <c>\ddd</c>.
/// </summary>
internal sealed class DomainName : IEquatable<DomainName>
{
    /// <summary>The most bytes of a name, with its length bytes and the root's.</summary>
    public const int MaxLength = 255;

    /// <summary>The most bytes of a label.</summary>
    public const int MaxLabelLength = 63;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _wire;
    private readonly int _hash;

    private DomainName(byte[] wire)
    {
        _wire = wire;
        HashCode hash = default;
        foreach (byte b in wire) hash.Add(ToLower(b));
        _hash = hash.ToHashCode();
    }

    public static DomainName Root { get; } = new([0]);

    /// <summary>Uncompressed, as in a message.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    public bool IsRoot => _wire.Length == 1;

    /// <summary>The name without its first label; the root's is the root.</summary>
    public DomainName Parent => IsRoot ? this : new DomainName(_wire[(_wire[0] + 1)..]);

    /// <summary>The first label as text; empty for the root. What is not UTF-8 in it is replaced.</summary>
    public string FirstLabel => Encoding.UTF8.GetString(_wire.AsSpan(1, _wire[0]));

    public IEnumerable<string> Labels
    {
        get
        {
            for (DomainName name = this; !name.IsRoot; name = name.Parent) yield return name.FirstLabel;
        }
    }

    /// <summary>Takes over what a message has.</summary>
    /// <param name="wire">Labels that were checked to be a name.</param>
    public static DomainName FromCheckedWire(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new DomainName(wire.ToArray());

    /// <summary>Reads a name as people write it, with or without the dot at its end.</summary>
    /// <exception cref="FormatException">It is not a name; the message says why.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out DomainName? name, out string? error)
            ? name
            : throw new FormatException($"'{text}' is not a domain name: {error}.");

    public static bool TryParse(string text, [NotNullWhen(true)] out DomainName? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        if (text is "" or ".")
        {
            name = Root;
            error = null;
            return true;
        }

        List<byte> wire = [];
        List<byte> label = [];
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i <= bytes.Length; i++)
        {
            if (i == bytes.Length || bytes[i] == '.')
            {
                if (i == bytes.Length && label.Count == 0) break;
                if (!TryAppend(wire, label, out error)) return false;
                label.Clear();
            }
            else if (bytes[i] == '\\')
            {
                if (!TryUnescape(bytes, ref i, out byte escaped))
                {
                    error = "a backslash must be followed by a character or by three digits up to 255";
                    return false;
                }

                label.Add(escaped);
            }
            else
            {
                label.Add(bytes[i]);
            }
        }

        wire.Add(0);
        name = new DomainName([.. wire]);
        error = null;
        return true;
    }

    /// <summary>This name with a label before it.</summary>
    /// <exception cref="FormatException">The label, or the whole, is too long, or the label is empty.</exception>
    public DomainName Prepend(string label)
    {
        List<byte> wire = [];
        if (!TryAppend(wire, Encoding.UTF8.GetBytes(label), out string? error) || wire.Count + _wire.Length > MaxLength)
        {
            throw new FormatException($"'{label}.{this}' is not a domain name: {error ?? $"it is longer than {MaxLength} bytes"}.");
        }

        return new DomainName([.. wire, .. _wire]);
    }

    /// <summary>Whether this name is another one, or lies below it.</summary>
    public bool IsWithin(DomainName other)
    {
        DomainName name = this;
        while (name._wire.Length > other._wire.Length) name = name.Parent;
        return name.Equals(other);
    }

    public bool Equals(DomainName? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || _hash != other._hash || _wire.Length != other._wire.Length) return false;
        for (int i = 0; i < _wire.Length; i++)
        {
            // A length byte is at most 63, which is below the letters.
            if (ToLower(_wire[i]) != ToLower(other._wire[i])) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as DomainName);

    public override int GetHashCode() => _hash;

    /// <summary>The name without a dot at its end; the root is <c>.</c>.</summary>
    public override string ToString()
    {
        if (IsRoot) return ".";
        StringBuilder text = new();
        for (int i = 0; _wire[i] != 0; i += _wire[i] + 1)
        {
            if (i > 0) text.Append('.');
            AppendLabel(text, _wire.AsSpan(i + 1, _wire[i]));
        }

        return text.ToString();
    }

    private static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    private static bool TryAppend(List<byte> wire, IReadOnlyCollection<byte> label, [NotNullWhen(false)] out string? error)
    {
        error = label.Count switch
        {
            0 => "a label is empty",
            > MaxLabelLength => $"a label has {label.Count} bytes, and at most {MaxLabelLength} are possible",
            _ when wire.Count + label.Count + 2 > MaxLength => $"it is longer than {MaxLength} bytes",
            _ => null,
        };
        if (error is not null) return false;
        wire.Add((byte)label.Count);
        wire.AddRange(label);
        return true;
    }

    private static bool TryUnescape(byte[] bytes, ref int position, out byte value)
    {
        value = 0;
        if (position + 1 >= bytes.Length) return false;
        value = bytes[++position];
        if (!char.IsAsciiDigit((char)value)) return true;
        if (position + 2 >= bytes.Length) return false;
        if (!byte.TryParse(bytes.AsSpan(position, 3), NumberStyles.None, CultureInfo.InvariantCulture, out value)) return false;

        position += 2;
        return true;
    }

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        string decoded;
        try
        {
            decoded = s_strictUtf8.GetString(label);
        }
        catch (DecoderFallbackException)
        {
            foreach (byte b in label) AppendCharacter(text, b < 0x80 ? (char)b : '\0', b);
            return;
        }

        foreach (char c in decoded) AppendCharacter(text, c, c < 0x80 ? (byte)c : (byte)0);
    }

    private static void AppendCharacter(StringBuilder text, char c, byte b)
    {
        if (c is '.' or '\\') text.Append('\\').Append(c);
        else if (c is < ' ' or '\x7F') text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
        else text.Append(c);
    }
}
