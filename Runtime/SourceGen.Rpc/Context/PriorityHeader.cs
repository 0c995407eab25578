namespace SourceGen.Rpc;

/// <summary>A call's priority as it travels: baggage, so that it goes on to the calls that the handler makes.</summary>
internal static class PriorityHeader
{
    /// <summary>Its name, which is the protocol's own.</summary>
    public const string Name = "rpc-priority";

    /// <summary>How a priority is written.</summary>
    public static string Write(RpcPriority priority) => priority switch
    {
        RpcPriority.Sheddable => "sheddable",
        RpcPriority.Critical => "critical",
        _ => "default",
    };

    /// <summary>What a call's baggage says; <see cref="RpcPriority.Default"/> when it says nothing, or what is not known here.</summary>
    public static RpcPriority Read(RpcHeaders? baggage)
    {
        if (baggage is null || !baggage.TryGetValue(Name, out string? value)) return RpcPriority.Default;
        return value switch
        {
            "sheddable" => RpcPriority.Sheddable,
            "critical" => RpcPriority.Critical,
            _ => RpcPriority.Default,
        };
    }
}
