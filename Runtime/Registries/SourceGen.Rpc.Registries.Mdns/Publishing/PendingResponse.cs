using System.Net;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>Answers that wait, for others to answer first or for more answers to go with them (RFC 6762, 6).</summary>
internal sealed class PendingResponse(IPEndPoint asker, List<OwnRecord> answers)
{
    /// <summary>Who asked, and may say what it knows in further messages (RFC 6762, 7.2).</summary>
    public IPEndPoint Asker { get; } = asker;

    public List<OwnRecord> Answers { get; } = answers;
}
