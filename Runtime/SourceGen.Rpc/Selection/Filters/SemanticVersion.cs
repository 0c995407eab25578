using System.Globalization;
using System.Numerics;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// A version of one to four numbers and perhaps a pre-release, such as <c>1.2</c>, <c>v2.0.1</c> or <c>2.0.0-rc.1+build5</c>; missing numbers
/// are zero. Ordered as https://semver.org says (section 11), build metadata left out.
/// </summary>
internal sealed class SemanticVersion : IComparable<SemanticVersion>
{
    public const int MaxNumbers = 4;

    private readonly BigInteger[] _numbers;
    private readonly string[] _preRelease;

    public SemanticVersion(BigInteger[] numbers, string[] preRelease)
    {
        _numbers = numbers;
        _preRelease = preRelease;
    }

    public bool IsPreRelease => _preRelease.Length > 0;

    /// <summary>How many numbers were written.</summary>
    public int Length => _numbers.Length;

    public BigInteger this[int index] => index < _numbers.Length ? _numbers[index] : 0;

    /// <summary>Reads a version.</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out SemanticVersion? version)
    {
        version = null;
        if (text is ['v' or 'V', .. var withoutV]) text = withoutV;
        if (text.IndexOf('+') is >= 0 and var plus)
        {
            if (!AreIdentifiers(text[(plus + 1)..])) return false;
            text = text[..plus];
        }

        string[] preRelease = [];
        if (text.IndexOf('-') is >= 0 and var dash)
        {
            if (!AreIdentifiers(text[(dash + 1)..])) return false;
            preRelease = text[(dash + 1)..].ToString().Split('.');
            text = text[..dash];
        }

        if (text.Length > 1000) return false; // No version, and long to convert.
        string[] parts = text.ToString().Split('.');
        if (parts.Length > MaxNumbers) return false;
        BigInteger[] numbers = new BigInteger[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!BigInteger.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
        }

        version = new SemanticVersion(numbers, preRelease);
        return true;
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null) return 1;
        int order = CompareNumbers(other);
        if (order != 0) return order;
        if (IsPreRelease != other.IsPreRelease) return IsPreRelease ? -1 : 1; // A release comes after its pre-releases.
        for (int i = 0; i < Math.Min(_preRelease.Length, other._preRelease.Length); i++)
        {
            order = CompareIdentifiers(_preRelease[i], other._preRelease[i]);
            if (order != 0) return order;
        }

        return _preRelease.Length.CompareTo(other._preRelease.Length);
    }

    /// <summary>Compares without looking at pre-releases.</summary>
    public int CompareNumbers(SemanticVersion other)
    {
        for (int i = 0; i < MaxNumbers; i++)
        {
            int order = this[i].CompareTo(other[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    /// <summary>The first version that does not begin with the first numbers of this one: of 1.2.3 and 2 it is 1.3.</summary>
    public SemanticVersion Next(int numbers)
    {
        BigInteger[] next = new BigInteger[numbers];
        for (int i = 0; i < numbers; i++) next[i] = this[i];
        next[^1]++;
        return new SemanticVersion(next, []);
    }

    public override string ToString() => string.Join('.', _numbers) + (IsPreRelease ? "-" + string.Join('.', _preRelease) : "");

    private static int CompareIdentifiers(string a, string b)
    {
        bool isNumber = BigInteger.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger x);
        bool isOtherNumber = BigInteger.TryParse(b, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger y);
        if (isNumber && isOtherNumber) return x.CompareTo(y);
        if (isNumber != isOtherNumber) return isNumber ? -1 : 1;
        return string.CompareOrdinal(a, b);
    }

    private static bool AreIdentifiers(ReadOnlySpan<char> text)
    {
        if (text.Length > 1000) return false;
        int length = 0;
        foreach (char c in text)
        {
            if (c == '.' && length == 0) return false;
            if (c != '.' && c != '-' && !char.IsAsciiLetterOrDigit(c)) return false;
            length = c == '.' ? 0 : length + 1;
        }

        return length > 0;
    }
}
