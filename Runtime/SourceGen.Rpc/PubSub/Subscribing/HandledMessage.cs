namespace SourceGen.Rpc.PubSub.Subscribing;

/// <summary>
/// The message that a flow of code handles. A context is made of it for those who ask, so that handlers who do not ask pay for one place that a
/// worker's messages share, not for an allocation each. Once anybody in the process has asked, each message has a place of its own: then also a task
/// that outlives its handler finds its message there, and not the next one.
/// </summary>
internal sealed class HandledMessage
{
    private static readonly AsyncLocal<HandledMessage?> s_current = new();
    private static volatile bool s_isAskedFor;

    private IncomingMessage _message;
    private volatile bool _isHandled;
    private volatile MessageContext? _context;

    /// <summary>Whether anybody in this process has asked for a context. Once true, always: only tests set it back.</summary>
    public static bool IsAskedFor
    {
        get => s_isAskedFor;
        set => s_isAskedFor = value;
    }

    /// <summary>The context of the message that the code handles which asks; null for none.</summary>
    public static MessageContext? GetContext()
    {
        s_isAskedFor = true;
        HandledMessage? current = s_current.Value;
        if (current is null) return null;
        if (current._context is { } known) return known;
        return current._isHandled ? current._context = new MessageContext(in current._message) : null;
    }

    /// <summary>A handler begins.</summary>
    /// <returns>What is to be ended with it.</returns>
    public static HandledMessage Begin(in IncomingMessage message)
    {
        HandledMessage? place = s_current.Value;
        if (place is null || place._isHandled || s_isAskedFor) s_current.Value = place = new HandledMessage();
        place._message = message;
        place._context = s_isAskedFor ? new MessageContext(in message) : null;
        place._isHandled = true;
        return place;
    }

    /// <summary>The handler has ended: its message's memory is not its any more. A context that was made stays.</summary>
    public void End()
    {
        _isHandled = false;
        _message = default;
    }
}
