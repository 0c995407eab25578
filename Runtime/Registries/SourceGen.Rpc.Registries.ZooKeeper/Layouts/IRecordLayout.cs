using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Under which paths records are kept, and in whose form. Each service has a directory, and in it each of its nodes a node.
/// </summary>
internal interface IRecordLayout
{
    /// <summary>What the directories are in.</summary>
    string Root { get; }

    /// <summary>
    /// Whether a node's name holds the whole record, so that its data need not be read, and one server can be there under several names.
    /// </summary>
    bool IsRecordInName { get; }

    /// <summary>
    /// Whether the directory of a service and a node's id alone make its path, so that it can be the node of another version or group.
    /// </summary>
    bool IsPathShared { get; }

    /// <summary>The directory of a service.</summary>
    string GetDirectory(string service);

    /// <summary>The directory that belongs to a child of the root.</summary>
    string GetDirectoryOfChild(string child);

    /// <summary>The name, within the service's directory, and the data of a node.</summary>
    (string Name, byte[] Data) Write(ServiceRecord record, ServiceNode node, RegisterOptions options);

    /// <summary>Reads what stands in a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="data">The data; empty when the name holds everything.</param>
    /// <returns>The record with its nodes.</returns>
    /// <exception cref="FormatException">It is none, or that of another service.</exception>
    ServiceRecord Read(string directory, string name, byte[] data);
}
