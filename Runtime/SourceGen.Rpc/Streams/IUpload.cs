namespace SourceGen.Rpc.Streams;

/// <summary>The stream that a caller sends, without the type of its items.</summary>
internal interface IUpload
{
    /// <summary>The sending end.</summary>
    OutboundStream Stream { get; }

    /// <summary>What the producer threw, if that is what ended the stream.</summary>
    Exception? Fault { get; }

    /// <summary>Begins to send, off this thread.</summary>
    void Start();

    /// <summary>
    /// Nobody wants the items any more: ends the stream at once and the producer as soon as it can be. Any thread may call it.
    /// </summary>
    void Stop();
}
