// MessagePack-CSharp's attributes as far as the golden types use them: they are known by their names, not by their assembly.
namespace MessagePack;

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class MessagePackObjectAttribute(bool keyAsPropertyName = false) : Attribute
{
    public bool KeyAsPropertyName => keyAsPropertyName;
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class KeyAttribute : Attribute
{
    public KeyAttribute(int x) => IntKey = x;

    public KeyAttribute(string x) => StringKey = x;

    public int? IntKey { get; }

    public string? StringKey { get; }
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class IgnoreMemberAttribute : Attribute;

[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class UnionAttribute(int key, Type subType) : Attribute
{
    public int Key => key;

    public Type SubType => subType;
}

[AttributeUsage(AttributeTargets.Constructor)]
public sealed class SerializationConstructorAttribute : Attribute;

public interface IMessagePackSerializationCallbackReceiver
{
    void OnBeforeSerialize();

    void OnAfterDeserialize();
}
