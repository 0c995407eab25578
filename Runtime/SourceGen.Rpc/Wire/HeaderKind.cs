namespace SourceGen.Rpc.Wire;

/// <summary>Whom a header is for. Numbers are part of the protocol; a receiver skips those that it does not know.</summary>
internal enum HeaderKind
{
    /// <summary>In requests: for the server that is called.</summary>
    Hop = 0,

    /// <summary>In requests: for that server and those that its handler calls.</summary>
    Baggage = 1,

    /// <summary>In replies: known before the result.</summary>
    Response = 2,

    /// <summary>In replies: known at the end.</summary>
    Trailer = 3,
}
