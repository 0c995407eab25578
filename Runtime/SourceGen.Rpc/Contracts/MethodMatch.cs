namespace SourceGen.Rpc.Contracts;

/// <summary>What a server has for one method of a client's contract.</summary>
/// <param name="Method">The method's name on the wire.</param>
/// <param name="ServerIndex">The method's number at the server; -1 when the server has no such method.</param>
/// <param name="Difference">Why the method cannot be called, for the developer to read; null when it can.</param>
internal sealed record MethodMatch(string Method, int ServerIndex, string? Difference)
{
    /// <summary>Whether the method can be called.</summary>
    public bool IsCompatible => Difference is null;
}
