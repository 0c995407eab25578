using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc;

/// <summary>
/// An address as users write it: <c>scheme://rest</c>, such as <c>tcp://127.0.0.1:5000</c>, <c>tcp://[::1]:0</c>,
/// <c>unix:///run/greeter.sock</c> or <c>memory://greeter</c>. The scheme picks the plug-in, which reads the rest.
/// </summary>
public sealed record RpcAddress
{
    private RpcAddress(string scheme, string rest)
    {
        Scheme = scheme;
        Rest = rest;
    }

    /// <summary>What stands before <c>://</c>, in lower case.</summary>
    public string Scheme { get; }

    /// <summary>What stands after <c>://</c>, as written.</summary>
    public string Rest { get; }

    /// <summary>Creates an address from its two parts.</summary>
    /// <param name="scheme">Letters, digits, <c>+</c>, <c>-</c> or <c>.</c>, beginning with a letter; case does not matter.</param>
    /// <param name="rest">What the plug-in of that scheme reads.</param>
    /// <exception cref="FormatException">The scheme is not valid.</exception>
    public static RpcAddress Create(string scheme, string rest)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(rest);
        return IsScheme(scheme)
            ? new RpcAddress(scheme.ToLowerInvariant(), rest)
            : throw new FormatException(
                $"'{scheme}' is not a valid address scheme: it begins with a letter and holds letters, digits, '+', '-' and '.'.");
    }

    /// <summary>Reads an address.</summary>
    /// <param name="text">Such as <c>tcp://127.0.0.1:5000</c>.</param>
    /// <exception cref="FormatException">The text is not <c>scheme://rest</c>; the message quotes it.</exception>
    public static RpcAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out RpcAddress? address)
            ? address
            : throw new FormatException($"'{text}' is not an address. Write it as scheme://rest, for example tcp://127.0.0.1:5000, unix:///run/greeter.sock or memory://greeter.");
    }

    /// <summary>Reads an address without throwing.</summary>
    /// <param name="text">Such as <c>tcp://127.0.0.1:5000</c>.</param>
    /// <param name="address">The address, or null.</param>
    /// <returns>Whether the text is an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RpcAddress? address)
    {
        address = null;
        if (text is null) return false;
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        if (separator <= 0 || !IsScheme(text.AsSpan(0, separator))) return false;
        address = new RpcAddress(text[..separator].ToLowerInvariant(), text[(separator + 3)..]);
        return true;
    }

    /// <summary>The address as users write it.</summary>
    public override string ToString() => $"{Scheme}://{Rest}";

    private static bool IsScheme(ReadOnlySpan<char> scheme)
    {
        if (scheme.IsEmpty || !char.IsAsciiLetter(scheme[0])) return false;
        foreach (char c in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return false;
        }

        return true;
    }
}
