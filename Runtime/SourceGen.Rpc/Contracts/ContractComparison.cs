namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Compares two versions of a service's or a topic's contract, as its schema describes it (docs/contract-schema.md), and says of each difference whom
/// it breaks: old clients that call new servers, new clients that call old servers, or stored data. It is what the contract lock and the
/// handshake of a connection are made of.
/// </summary>
#if NET
public
#else
internal
#endif
static class ContractComparison
{
    private static readonly ContractPlace TheMethod = new(null, "the method");

    /// <summary>Compares two schemas of one service, or of one topic: publishers are its clients, and subscribers its servers.</summary>
    /// <param name="oldSchema">The older version's schema, such as <c>RpcContract.Schema</c>.</param>
    /// <param name="newSchema">The newer version's schema.</param>
    /// <returns>
    /// The differences, those of methods first, each once however many methods lead to it; empty when there are none. Objects count as
    /// classes, of which null can always be read.
    /// </returns>
    /// <exception cref="ArgumentNullException">A schema is null.</exception>
    /// <exception cref="FormatException">A text is not a schema; the message names the line and the column.</exception>
    public static IReadOnlyList<ContractDifference> Compare(string oldSchema, string newSchema) =>
        Compare(ContractSchema.Parse(oldSchema), ContractSchema.Parse(newSchema));

    /// <summary>Compares two versions of a service.</summary>
    /// <param name="old">The older one.</param>
    /// <param name="new">The newer one.</param>
    /// <param name="valueTypes">The names of the newer one's objects that are structs.</param>
    internal static IReadOnlyList<ContractDifference> Compare(
        ContractSchema old, ContractSchema @new, ICollection<string>? valueTypes = null)
    {
        List<ContractFinding> found = [];
        if (old.Service != @new.Service || old.IsTopic != @new.IsTopic)
        {
            found.Add(new ContractFinding(ContractDifferenceKind.ServiceRenamed, new ContractPlace(null, "the service"))
            {
                Old = old.Service,
                New = old.IsTopic == @new.IsTopic ? @new.Service : $"the {(@new.IsTopic ? "topic" : "service")} {@new.Service}",
                IsTopic = old.IsTopic,
            });
        }

        var types = new TypeComparison(old, @new, onlyRefusals: false, valueTypes);
        var merged = new DifferenceSet();
        foreach (SchemaMethod method in old.Methods)
        {
            if (Array.Find(@new.Methods, other => other.Name == method.Name) is not { } same)
            {
                found.Add(Removed(method, old, @new));
                continue;
            }

            var methods = new MethodComparison(method, same, types, old, @new);
            found.AddRange(methods.Shape());
            found.AddRange(methods.Details());
            methods.AddTypes();
            methods.AddErrors();
            while (types.Next() is { } finding) merged.Add(finding with { Method = method.Name });
        }

        foreach (SchemaMethod method in @new.Methods)
        {
            if (Array.Exists(old.Methods, other => other.Name == method.Name)) continue;
            found.Add(new ContractFinding(ContractDifferenceKind.MethodAdded, TheMethod) { Method = method.Name });
        }

        found.AddRange(merged.All);
        return found.ConvertAll(finding => new ContractDifference(@new.Service, finding));
    }

    private static ContractFinding Removed(SchemaMethod method, ContractSchema old, ContractSchema @new)
    {
        string signature = Signature(method);
        SchemaMethod? successor = Array.Find(
            @new.Methods, other => Signature(other) == signature && !Array.Exists(old.Methods, known => known.Name == other.Name));
        return new ContractFinding(ContractDifferenceKind.MethodRemoved, TheMethod)
        {
            Method = method.Name,
            Successor = successor?.Name,
        };
    }

    private static string Signature(SchemaMethod method) =>
        $"({string.Join(", ", method.Parameters.Select(static parameter => parameter.Type.ToString()))}) -> {method.ReplyText}";

    /// <summary>Differences of types, each once: whoever writes it, and whichever methods lead to it.</summary>
    private sealed class DifferenceSet
    {
        private readonly Dictionary<(ContractDifferenceKind, string), int> _known = [];

        public List<ContractFinding> All { get; } = [];

        public void Add(ContractFinding finding)
        {
            ContractPlace? member = finding.Place.NearestMember;
            string subject = member is null ? $"{finding.Method} {finding.Place}" : $"{member.Owner} {finding.Place.From(member)}";
            if (finding.Kind == ContractDifferenceKind.TypeRenamed) subject = $"{finding.Old} {finding.New}";
            if (_known.TryGetValue((finding.Kind, subject), out int index))
            {
                All[index] = All[index] with { Usage = All[index].Usage | finding.Usage };
                return;
            }

            _known.Add((finding.Kind, subject), All.Count);
            All.Add(finding);
        }
    }
}
