using System.Security.Cryptography;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>
/// A secret that servers share, under the name by which they find it. The secret is shown by nothing: not by messages, and not by a text
/// of this.
/// </summary>
internal sealed class TsigKey
{
    /// <summary>
    /// The bytes of a secret at least: 128 bits. RFC 8945, 10, wants as many as a whole code has; shorter ones are in use, but below this
    /// one can be found by trying.
    /// </summary>
    public const int MinSecretLength = 16;

    /// <summary>What a file with a secret has at most; the rest would be another file by mistake.</summary>
    private const int MaxFileLength = 4096;

    private readonly byte[] _secret;

    public TsigKey(DomainName name, TsigAlgorithm algorithm, byte[] secret)
    {
        // Only ASCII letters; a length byte is at most 63, which is below them.
        byte[] wire = name.Wire.ToArray();
        foreach (ref byte b in wire.AsSpan()) b = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        Name = DomainName.FromCheckedWire(wire);
        Algorithm = algorithm;
        _secret = secret;
    }

    /// <summary>In lower case, as codes are computed with it (RFC 8945, 4.3.3).</summary>
    public DomainName Name { get; }

    public TsigAlgorithm Algorithm { get; }

    /// <summary>Makes the key that options say, reading its file if there is one.</summary>
    /// <returns>The key; null when there is to be none.</returns>
    /// <exception cref="ArgumentException">The options are wrong, or the file cannot be used; the message says why.</exception>
    public static TsigKey? Load(DnsRegistryOptions options)
    {
        Check(options);
        if (options.KeyName is not { } name) return null;
        byte[] secret = options.KeySecretPath is { } path
            ? Decode(ReadFile(path), $"The file '{path}' of {nameof(options.KeySecretPath)}")
            : Decode(options.KeySecret!, nameof(options.KeySecret));
        return new TsigKey(DomainName.Parse(name), TsigAlgorithm.Of(options.KeyAlgorithm), secret);
    }

    /// <summary>Checks what can be checked without reading a file.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message says why.</exception>
    public static void Check(DnsRegistryOptions options)
    {
        TsigAlgorithm.Of(options.KeyAlgorithm);
        if (options.KeyName is not { } name)
        {
            if ((options.KeySecret ?? options.KeySecretPath) is null) return;
            throw new ArgumentException(
                $"{(options.KeySecret is null ? nameof(options.KeySecretPath) : nameof(options.KeySecret))} is given without "
                + $"{nameof(options.KeyName)}, the name by which servers find the key.");
        }

        if (!DomainName.TryParse(name, out DomainName? parsed, out string? error) || parsed.IsRoot)
        {
            throw new ArgumentException(
                $"{nameof(options.KeyName)} is '{name}', which is no domain name: {error ?? "it is empty"}. "
                + "Leave it null to ask unsigned.");
        }

        if (options.KeySecret is null == options.KeySecretPath is null)
        {
            throw new ArgumentException(
                $"{nameof(options.KeyName)} is '{name}', and {(options.KeySecret is null ? "neither" : "both")} of "
                + $"{nameof(options.KeySecret)} and {nameof(options.KeySecretPath)} {(options.KeySecret is null ? "is" : "are")} given; "
                + "one of them is needed.");
        }

        if (options.KeySecret is { } secret) Decode(secret, nameof(options.KeySecret));
    }

    /// <summary>Begins a code.</summary>
    public IncrementalHash CreateHash() => IncrementalHash.CreateHMAC(Algorithm.Hash, _secret);

    /// <summary>Reads a secret. What it says when it cannot must not contain it.</summary>
    private static byte[] Decode(string text, string what)
    {
        byte[] secret;
        try
        {
            secret = Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            // Without the cause, whose message could show a part of it.
            throw new ArgumentException($"{what} is not base64; write the secret as the server's configuration has it.");
        }

        return secret.Length >= MinSecretLength
            ? secret
            : throw new ArgumentException($"{what} has {secret.Length} bytes, and a secret must have at least {MinSecretLength}.");
    }

    private static string ReadFile(string path)
    {
        char[] text = new char[MaxFileLength + 1];
        int length;
        try
        {
            using StreamReader reader = new(path);
            length = reader.ReadBlock(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ArgumentException(
                $"The file '{path}' of {nameof(DnsRegistryOptions.KeySecretPath)} cannot be read: {e.Message}", e);
        }

        return length <= MaxFileLength
            ? new string(text, 0, length)
            : throw new ArgumentException(
                $"The file '{path}' of {nameof(DnsRegistryOptions.KeySecretPath)} has more than {MaxFileLength} characters; it must hold "
                + "a secret in base64 and nothing else.");
    }
}
