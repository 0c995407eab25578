using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators;

/// <summary>
/// Decides with which service a type's serializer is printed. A file for each type would be simpler, but the compiler compares the name of
/// every generated file with those of all others, after every edit: with thousands of files that takes longer than everything else.
/// </summary>
internal static class TypeOwnership
{
    /// <summary>Leaves every type to the first service that reaches it, so that what services share is printed once.</summary>
    /// <param name="services">The services, in the order of their names.</param>
    /// <returns>The same services, each with the types that are its own to print.</returns>
    public static EquatableArray<ServiceModel> Assign(EquatableArray<ServiceModel> services)
    {
        HashSet<string> owned = new(StringComparer.Ordinal);
        return services
            .Select(service => service with { Types = service.Types.Where(type => owned.Add(type.Ref.Method)).ToEquatableArray() })
            .ToEquatableArray();
    }
}
