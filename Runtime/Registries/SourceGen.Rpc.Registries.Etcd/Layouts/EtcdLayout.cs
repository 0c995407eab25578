using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Etcd.Protocol;

namespace SourceGen.Rpc.Registries.Etcd.Layouts;

/// <summary>Under which key a node stands, and what stands there. Keys end in the node's id, and a service's begin alike.</summary>
internal abstract class EtcdLayout
{
    private readonly string _prefix;
    private readonly RecordLayout _form;

    /// <param name="prefix">Where all keys begin.</param>
    /// <param name="form">In whose form values are written; any is read.</param>
    private protected EtcdLayout(string prefix, RecordLayout form)
    {
        _prefix = prefix.TrimEnd('/') + "/";
        _form = form;
    }

    /// <summary>What the keys of a service begin with.</summary>
    /// <param name="service">The service; null for all.</param>
    public string PrefixOf(string? service) => service is null ? _prefix : $"{_prefix}{Escape(service)}/";

    /// <summary>The key of a node.</summary>
    public string KeyOf(ServiceRecord record, string nodeId) => $"{PrefixOf(record.Name)}{WithinService(record, nodeId)}";

    /// <summary>What stands at the key of a node.</summary>
    /// <param name="single">The record with that node alone.</param>
    public byte[] ValueOf(ServiceRecord single) => ServiceRecordJson.Write(single, _form);

    /// <summary>Reads what somebody wrote.</summary>
    /// <param name="item">Key and value.</param>
    /// <param name="single">The record with one node, or null.</param>
    /// <param name="error">What is wrong with it, or null.</param>
    public bool TryRead(EtcdKeyValue item, [NotNullWhen(true)] out ServiceRecord? single, [NotNullWhen(false)] out string? error)
    {
        if (!ServiceRecordJson.TryRead(item.Value, out single, out error)) return false;
        if (single.Nodes.Length != 1) error = $"it has {single.Nodes.Length:N0} nodes, and a key holds one";
        else if (KeyOf(single, single.Nodes[0].Id) is string key && key != item.Key) error = $"it belongs at {key}";
        if (error is null) return true;
        single = null;
        return false;
    }

    private protected abstract string WithinService(ServiceRecord record, string nodeId);

    private protected abstract string Escape(string segment);
}
