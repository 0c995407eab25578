namespace SourceGen.Rpc;

/// <summary>
/// How important a call is to a server that cannot run all of them (<see cref="RpcServerOptions.AdaptiveLimit"/>): the less important wait
/// longer, and are refused first. It goes on to the calls that the handler makes.
/// </summary>
/// <remarks>
/// Few classes, and the same for all services, after the criticalities in "Handling Overload", chapter 21 of Google's Site Reliability
/// Engineering (2016).
/// </remarks>
public enum RpcPriority
{
    /// <summary>May fail at any time: it is repeated later anyway, or nobody misses it.</summary>
    Sheddable = -1,

    /// <summary>What calls have that do not say.</summary>
    Default = 0,

    /// <summary>Users notice when it fails. Reserve it for few: where everything is critical, nothing is.</summary>
    Critical = 1,
}
