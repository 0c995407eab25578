using System.Collections;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Security;

namespace SourceGen.Rpc;

/// <summary>
/// Texts with names that travel beside a call's arguments or its result. Names are ASCII tokens whose case does not matter, and a name
/// can occur more than once; values are texts without control characters. Thread safe.
/// </summary>
/// <remarks>Names that begin with <c>rpc-</c> are reserved for the framework: they can be read and not set.</remarks>
public sealed class RpcHeaders : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _entries; // Also the lock.
    private string? _frozen;

    /// <summary>Creates headers, none yet.</summary>
    public RpcHeaders() => _entries = [];

    private RpcHeaders(List<KeyValuePair<string, string>> entries) => _entries = entries;

    /// <summary>No headers, for good.</summary>
    public static RpcHeaders Empty { get; } = new RpcHeaders().Freeze("they are RpcHeaders.Empty");

    /// <summary>How many there are; a name that occurs twice counts twice.</summary>
    public int Count
    {
        get
        {
            lock (_entries) return _entries.Count;
        }
    }

    /// <summary>Whether they cannot be changed: they were received, or they are sent already.</summary>
    public bool IsReadOnly => Volatile.Read(ref _frozen) is not null;

    /// <summary>
    /// Gets the value of a name, the first if there are several, or null. Setting replaces all values of the name; setting null
    /// removes them.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">Setting: the name or the value is not allowed; the message says why.</exception>
    /// <exception cref="InvalidOperationException">Setting: the headers are read only.</exception>
    public string? this[string name]
    {
        get => TryGetValue(name, out string? value) ? value : null;
        set
        {
            if (value is null)
            {
                Remove(name);
                return;
            }

            Check(name, value);
            lock (_entries)
            {
                EnsureWritable(name);
                _entries.RemoveAll(entry => Same(entry.Key, name));
                _entries.Add(new KeyValuePair<string, string>(name, value));
            }
        }
    }

    /// <summary>Adds a value; the name may have others already.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The name or the value is not allowed; the message says why.</exception>
    /// <exception cref="InvalidOperationException">The headers are read only.</exception>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Check(name, value);
        lock (_entries)
        {
            EnsureWritable(name);
            _entries.Add(new KeyValuePair<string, string>(name, value));
        }
    }

    /// <summary>Gets the value of a name, the first if there are several.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when there is none.</returns>
    public bool TryGetValue(string name, [NotNullWhen(true)] out string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_entries)
        {
            foreach (KeyValuePair<string, string> entry in _entries)
            {
                if (!Same(entry.Key, name)) continue;
                value = entry.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Gets every value of a name, in the order they were added.</summary>
    /// <param name="name">The name.</param>
    public IReadOnlyList<string> GetValues(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return [.. Snapshot().Where(entry => Same(entry.Key, name)).Select(static entry => entry.Value)];
    }

    /// <summary>Removes every value of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>False when there was none.</returns>
    /// <exception cref="InvalidOperationException">The headers are read only.</exception>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_entries)
        {
            EnsureWritable(name);
            return _entries.RemoveAll(entry => Same(entry.Key, name)) > 0;
        }
    }

    /// <summary>The headers at this moment, in the order they were added.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)Snapshot()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The headers, one in a line, for logs; the values of <c>authorization</c> and the like are left out.</summary>
    public override string ToString() => string.Join(
        '\n',
        Snapshot().Select(static entry => $"{entry.Key}: {(Secrets.IsSecret(entry.Key) ? Secrets.Hidden : entry.Value)}"));

    /// <summary>Gets the value of a name that should occur once.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The first value.</param>
    /// <param name="several">Whether there are more.</param>
    /// <returns>False when there is none.</returns>
    internal bool TryGetSingle(string name, [NotNullWhen(true)] out string? value, out bool several)
    {
        value = null;
        several = false;
        lock (_entries)
        {
            foreach (KeyValuePair<string, string> entry in _entries)
            {
                if (!Same(entry.Key, name)) continue;
                several = value is not null;
                value ??= entry.Value;
            }
        }

        return value is not null;
    }

    /// <summary>A copy of what is there now.</summary>
    internal KeyValuePair<string, string>[] Snapshot()
    {
        lock (_entries) return [.. _entries];
    }

    /// <summary>A copy, which can be changed.</summary>
    internal RpcHeaders Copy() => new([.. Snapshot()]);

    /// <summary>Adds a header that was checked, or is the framework's.</summary>
    internal void AddChecked(string name, string value)
    {
        lock (_entries) _entries.Add(new KeyValuePair<string, string>(name, value));
    }

    /// <summary>Takes over all headers of a nearer place: they replace those of the same names.</summary>
    internal void Override(RpcHeaders nearer)
    {
        KeyValuePair<string, string>[] entries = nearer.Snapshot();
        lock (_entries)
        {
            _entries.RemoveAll(entry => entries.Any(other => Same(entry.Key, other.Key)));
            _entries.AddRange(entries);
        }
    }

    /// <summary>Ends all changes.</summary>
    /// <param name="reason">Why, as a sentence's end.</param>
    internal RpcHeaders Freeze(string reason)
    {
        lock (_entries) _frozen ??= reason;
        return this;
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static void Check(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? problem = HeaderRules.Check(name, value);
        if (problem is null && HeaderRules.IsReserved(name))
        {
            problem = $"The header name '{name}' begins with '{HeaderRules.ReservedPrefix}', which is reserved for the framework; "
                + "choose another.";
        }

        if (problem is not null) throw new ArgumentException(problem);
    }

    private void EnsureWritable(string name)
    {
        if (_frozen is { } reason) throw new InvalidOperationException($"The header '{name}' cannot be changed: {reason}.");
    }
}
