namespace SourceGen.Rpc.CompilerServices;

/// <summary>Hashes what calls that belong together have in common.</summary>
/// <typeparam name="T">The generated struct that holds a method's arguments.</typeparam>
/// <param name="request">The arguments.</param>
public delegate ulong RequestKey<T>(in T request);
