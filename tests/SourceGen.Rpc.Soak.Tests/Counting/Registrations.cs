using System.Reflection;

namespace SourceGen.Rpc.Soak.Tests.Counting;

/// <summary>
/// Counts the callbacks that are registered with a token, which the runtime keeps to itself: a call that is over must not stay with a token
/// that lives on.
/// </summary>
internal static class Registrations
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Counts them. Nobody may register or unregister meanwhile.</summary>
    public static int Of(CancellationTokenSource source)
    {
        int count = 0;
        object? registrations = Field(source, "_registrations");
        object? node = registrations is null ? null : Field(registrations, "Callbacks");
        for (; node is not null; node = Field(node, "Next")) count++;
        return count;
    }

    private static object? Field(object owner, string name) =>
        (owner.GetType().GetField(name, Any)
            ?? throw new InvalidOperationException(
                $"{owner.GetType()} has no field {name} any more: this class must learn how the runtime keeps callbacks now."))
        .GetValue(owner);
}
