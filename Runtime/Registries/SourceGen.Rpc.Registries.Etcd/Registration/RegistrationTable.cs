using System.Globalization;

namespace SourceGen.Rpc.Registries.Etcd.Registration;

/// <summary>
/// What this client has registered under leases. It is a memory aid: whatever it forgets is entered anew when it is registered again.
/// Thread safe.
/// </summary>
internal sealed class RegistrationTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LeasedRegistration> _registrations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LeasedRegistration> _owners = new(StringComparer.Ordinal);
    private long _cleanedAt = Environment.TickCount64;

    /// <summary>The registration of exactly these nodes with this time to live.</summary>
    public LeasedRegistration GetOrAdd(IReadOnlyList<NodeEntry> nodes, long seconds)
    {
        // A line feed stands in no key of the default layout; in Go Micro's it would only make two registrations share a lease.
        string name = $"{seconds.ToString(CultureInfo.InvariantCulture)}\n{string.Join('\n', nodes.Select(static node => node.Key))}";
        lock (_lock)
        {
            Clean();
            if (!_registrations.TryGetValue(name, out LeasedRegistration? registration))
            {
                _registrations[name] = registration = new LeasedRegistration(seconds);
            }

            registration.RegisteredAt = Environment.TickCount64;
            return registration;
        }
    }

    /// <summary>A key was put by a registration, or without any.</summary>
    public void SetOwner(string key, LeasedRegistration? owner)
    {
        lock (_lock)
        {
            if (owner is null) _owners.Remove(key);
            else _owners[key] = owner;
        }
    }

    /// <summary>The registration that put a key last; null when it is not known here.</summary>
    public LeasedRegistration? OwnerOf(string key)
    {
        lock (_lock) return _owners.GetValueOrDefault(key);
    }

    /// <summary>Forgets a registration none of whose keys is its own any more.</summary>
    public void RemoveIfUnused(LeasedRegistration registration)
    {
        lock (_lock)
        {
            if (_owners.ContainsValue(registration)) return;
            foreach ((string name, LeasedRegistration candidate) in _registrations)
            {
                if (candidate != registration) continue;
                _registrations.Remove(name);
                return;
            }
        }
    }

    /// <summary>Forgets, once a minute, those whose lease has ended long ago because nobody registered them again.</summary>
    private void Clean()
    {
        long now = Environment.TickCount64;
        if (now - _cleanedAt < 60_000) return;
        _cleanedAt = now;
        foreach ((string name, LeasedRegistration registration) in _registrations)
        {
            if (now - registration.RegisteredAt <= ((registration.Seconds * 2) + 60) * 1000) continue;
            _registrations.Remove(name);
            foreach ((string key, LeasedRegistration owner) in _owners)
            {
                if (owner == registration) _owners.Remove(key);
            }
        }
    }
}
