namespace SourceGen.Rpc.Contracts;

/// <summary>
/// What happens between a version of a contract and an older one, at worst: to a value that one writes and the other reads, or to the
/// call as a whole. A later one is worse than an earlier one.
/// </summary>
#if NET
public
#else
internal
#endif
enum ContractEffect
{
    /// <summary>Everything works as it did.</summary>
    None,

    /// <summary>A value may arrive that the reader's version does not promise: a number without a name in an enum, or null.</summary>
    Unexpected,

    /// <summary>A value, or its precision, is silently dropped; the reader has a default in its place, or does not ask for it.</summary>
    Lost,

    /// <summary>A value silently arrives as another one.</summary>
    Misread,

    /// <summary>Some values fail their call with an error that names them; others work.</summary>
    Fails,

    /// <summary>Every call is refused before it is sent; stored data cannot be read.</summary>
    Refused,
}
