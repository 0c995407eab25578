namespace SourceGen.Rpc.Load;

/// <summary>How long a workload's frames are on the wire, header included; the baseline sends frames of the same sizes.</summary>
/// <param name="Request">Bytes.</param>
/// <param name="Reply">Bytes.</param>
internal readonly record struct FrameSizes(int Request, int Reply);
