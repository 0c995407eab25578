using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// How the rules came to a type: from a parameter or result through members. It names a problem
/// (<c>IGreeter.Hello parameter person: Person.Address.Socket</c>) and knows the innermost declaration in source to point at.
/// </summary>
internal sealed class UsePath
{
    private readonly UsePath? _parent;
    private readonly string _step;

    private UsePath(UsePath? parent, string step, ISymbol location)
    {
        _parent = parent;
        _step = step;
        Location = location;
    }

    /// <summary>The declaration to point at: the innermost one that is in source.</summary>
    public ISymbol Location { get; }

    /// <summary>Begins at a parameter or result of a method.</summary>
    /// <param name="root">Such as <c>IGreeter.Hello parameter person</c>.</param>
    /// <param name="location">The declaration of the parameter or method, or of the service interface when that is not in source.</param>
    public static UsePath From(string root, ISymbol location) => new(null, root, location);

    /// <summary>Goes on to a member.</summary>
    public UsePath To(INamedTypeSymbol type, ISymbol member) =>
        new(this, _parent is null ? $": {type.Name}.{member.Name}" : $".{member.Name}", IsInSource(member) ? member : Location);

    /// <summary>Stays at the place, to speak about a type or member found there.</summary>
    public UsePath At(ISymbol symbol) => IsInSource(symbol) ? new UsePath(this, "", symbol) : this;

    public override string ToString() => _parent + _step;

    private static bool IsInSource(ISymbol symbol) => symbol.Locations.Length > 0 && symbol.Locations[0].IsInSource;
}
