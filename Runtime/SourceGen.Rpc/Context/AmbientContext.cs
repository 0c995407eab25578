using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>
/// What flows with the code of a handler, or of a scope: the one AsyncLocal of the engine. Processes that never use it pay the reading of
/// a flag: servers give a call a context only once it may be asked for, and clients look for one only once there is one.
/// </summary>
internal static class AmbientContext
{
    private static readonly AsyncLocal<object?> s_value = new();
    private static volatile bool s_isInUse;
    private static volatile bool s_mayHaveValue;

    /// <summary>Whether somebody in this process may ask which call is being served. Once true, always.</summary>
    public static bool IsInUse => s_isInUse;

    /// <summary>Whether there was ever a value. Once true, always.</summary>
    public static bool MayHaveValue => s_mayHaveValue;

    /// <summary>An <see cref="RpcContext"/>, or the innermost <see cref="RpcCallScope"/>; null outside both.</summary>
    public static object? Value
    {
        get => s_mayHaveValue ? s_value.Value : null;
        set
        {
            s_mayHaveValue = true;
            s_value.Value = value;
        }
    }

    /// <summary>The call that is being served here, if one is.</summary>
    public static RpcContext? Context
    {
        get
        {
            s_isInUse = true;
            return Value switch
            {
                RpcContext context => context,
                RpcCallScope scope => scope.Context,
                _ => Adopt(),
            };
        }
    }

    /// <summary>
    /// Says that this process uses contexts, from now on. The handler that this is called from, if it has not awaited yet, gets one now.
    /// </summary>
    public static void Use() => _ = Context;

    /// <summary>A handler that began before anybody asked for contexts: the thread still knows which call it runs.</summary>
    private static RpcContext? Adopt()
    {
        if (DrainScope.Item is not ServerCall call || call.AdoptContext() is not { } context) return null;
        Value = context;
        return context;
    }
}
