namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>All tests share one <see cref="Product"/>.</summary>
[CollectionDefinition(Name)]
public sealed class PackagesCollection : ICollectionFixture<Product>
{
    public const string Name = "Packages";
}
