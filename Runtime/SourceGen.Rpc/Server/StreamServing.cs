using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.Filters;

namespace SourceGen.Rpc.Server;

/// <summary>What serves the methods with streams of a service, besides their handlers.</summary>
/// <param name="Source">Where implementations come from.</param>
/// <param name="Errors">What callers are told about exceptions.</param>
/// <param name="Counts">Where calls are counted; null when they are not.</param>
/// <param name="Filters">What runs around calls.</param>
/// <param name="Scopes">Where filters get a call's own services from.</param>
internal sealed record StreamServing<TService>(
    ServiceSource<TService> Source, ErrorPolicy Errors, CallCounts? Counts, FilterChain Filters, RpcScopeFactory? Scopes)
    where TService : class;
