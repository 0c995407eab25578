using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>What the keys of a type's members must satisfy.</summary>
internal sealed class KeyRules(ProblemSink problems)
{
    /// <summary>An array is as long as its highest index: a bound keeps a slip of the pen from costing megabytes a value.</summary>
    private const int MaxIndex = 65535;

    /// <summary>Checks the keys; false, after reporting, when one is wrong.</summary>
    public bool Check(INamedTypeSymbol type, List<MemberCandidate> candidates, List<MemberCandidate> members, bool isKeyed, UsePath path)
    {
        bool valid = true;
        foreach (MemberCandidate member in candidates)
        {
            if (member.Key is { } key && !member.IsIgnored && !member.HoldsUnknown && !members.Contains(member))
            {
                valid = Report(
                    DiagnosticDescriptors.KeyOnUnserializedMember, member, path, member.Name, key.Attribute,
                    "cannot be set by the reader: add a setter or a constructor parameter of the same name, or remove the attribute");
            }
        }

        Dictionary<object, MemberCandidate> seen = [];
        foreach (MemberCandidate member in members)
        {
            object key = isKeyed ? (object?)member.Index ?? "" : member.KeyName ?? member.Name;
            if (isKeyed && member.KeyName is not null)
                valid = Report(DiagnosticDescriptors.MixedKeys, member, path, member.Name, type.Name);
            else if (isKeyed && member.Index is null)
                valid = Report(DiagnosticDescriptors.MemberWithoutKey, member, path, member.Name, type.Name);
            else if (isKeyed ? member.Index is < 0 or > MaxIndex : !WireNames.IsValidKey((string)key))
                valid = Report(DiagnosticDescriptors.InvalidKey, member, path, member.Name, Show(key));
            else if (seen.TryGetValue(key, out MemberCandidate? other))
                valid = Report(DiagnosticDescriptors.DuplicateKey, member, path, other.Name, member.Name, type.Name, Show(key));
            else
                seen.Add(key, member);
        }

        return valid;
    }

    private static string Show(object key) => key is string name ? Literals.Text(name) : key.ToString();

    private bool Report(DiagnosticDescriptor descriptor, MemberCandidate member, UsePath path, params object[] arguments)
    {
        problems.Report(descriptor, path.At(member.Symbol).Location, [path.ToString(), .. arguments]);
        return false;
    }
}
