using System.Text;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>The names of services and methods on the wire, and what makes one valid.</summary>
internal static class WireNames
{
    private const int MaxBytes = 255;
    private const string AsyncSuffix = "Async";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The namespace and the containing types, then the name without a leading <c>I</c> that an upper-case letter follows.
    /// </summary>
    public static string OfService(INamedTypeSymbol service) => TypeNames.PlainPrefix(service) + WithoutInterfacePrefix(service.Name);

    public static string WithoutInterfacePrefix(string name) =>
        name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;

    /// <summary>The method's name without a trailing <c>Async</c>, unless that leaves nothing.</summary>
    public static string OfMethod(string name) =>
        name.Length > AsyncSuffix.Length && name.EndsWith(AsyncSuffix, StringComparison.Ordinal)
            ? name.Substring(0, name.Length - AsyncSuffix.Length)
            : name;

    /// <summary>What is wrong with a name of a service or method, or null.</summary>
    public static string? Problem(string name)
    {
        if (name.Length == 0) return "is empty";
        foreach (char c in name)
        {
            if (char.IsControl(c)) return "has a control character";
            if (char.IsWhiteSpace(c)) return "has white space";
            if (c == '/') return "has a '/', which separates service and method in errors and logs";
        }

        if (!IsUnicode(name)) return "has half of a surrogate pair";
        return StrictUtf8.GetByteCount(name) > MaxBytes ? "is longer than 255 bytes" : null;
    }

    /// <summary>Whether a member's name can be a key: something that can stand in the schema and in UTF-8.</summary>
    public static bool IsValidKey(string key) =>
        key.Length > 0 && IsUnicode(key) && !key.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029');

    /// <summary>The name's UTF-8 bytes.</summary>
    public static byte[] Utf8(string name) => StrictUtf8.GetBytes(name);

    private static bool IsUnicode(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i])) continue;
            if (i + 1 >= name.Length || !char.IsSurrogatePair(name[i], name[i + 1])) return false;
            i++;
        }

        return true;
    }
}
