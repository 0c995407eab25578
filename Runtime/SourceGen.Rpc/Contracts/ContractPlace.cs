namespace SourceGen.Rpc.Contracts;

/// <summary>The way from a method's parameter, result or error to a type within it.</summary>
/// <param name="outer">The place around it, or null at the beginning.</param>
/// <param name="what">The step from there: <c>member 'Name'</c>, <c>element</c>.</param>
internal sealed class ContractPlace(ContractPlace? outer, string what)
{
    private const int MaxSteps = 12;

    /// <summary>The name of the object, as the new contract has it, whose member this step leads to.</summary>
    public string? Owner { get; init; }

    /// <summary>The member's key in <see cref="Owner"/>.</summary>
    public string? Member { get; init; }

    /// <summary>Whether the member stands in an array, where nil means that it is missing.</summary>
    public bool IsSlot { get; init; }

    /// <summary>The C# name of the parameter, at the beginning of the way.</summary>
    public string? Parameter { get; init; }

    /// <summary>The nearest step that leads into an object's member; null when the way leads through none.</summary>
    public ContractPlace? NearestMember
    {
        get
        {
            ContractPlace? place = this;
            while (place is not null && place.Owner is null) place = place.Outer;
            return place;
        }
    }

    /// <summary>The first step.</summary>
    public ContractPlace Root
    {
        get
        {
            ContractPlace place = this;
            while (place.Outer is not null) place = place.Outer;
            return place;
        }
    }

    private ContractPlace? Outer => outer;

    private string What => what;

    /// <summary>The steps from <paramref name="first"/> on.</summary>
    public string From(ContractPlace first)
    {
        var steps = new Stack<string>();
        ContractPlace? place = this;
        do
        {
            steps.Push(place.What);
            if (ReferenceEquals(place, first)) break;
            place = place.Outer;
        }
        while (place is not null);

        return steps.Count <= MaxSteps
            ? string.Join(" ", steps)
            : $"{string.Join(" ", steps.Take(MaxSteps / 2))} ... {string.Join(" ", steps.Skip(steps.Count - (MaxSteps / 2)))}";
    }

    /// <summary>All the steps.</summary>
    public override string ToString() => From(Root);
}
