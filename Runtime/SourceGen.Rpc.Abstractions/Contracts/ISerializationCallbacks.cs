namespace SourceGen.Rpc;

/// <summary>
/// A serialized class or struct that implements it is told when it is written and read. Only MessagePack's generated serializers call it.
/// </summary>
public interface ISerializationCallbacks
{
    /// <summary>Comes before the members are written; a struct changes the copy that is written. What it throws fails the call.</summary>
    void OnSerializing();

    /// <summary>Comes when all members are set. What it throws fails the call as a value that cannot be read.</summary>
    void OnDeserialized();
}
