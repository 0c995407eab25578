using System.Runtime.Serialization;

[Service]
public partial interface IGreeter
{
    ValueTask A(Contract a, Callbacks b);
}

[DataContract]
public class Contract
{
    [DataMember]
    private int Private { get; set; }

    [DataMember]
    public int Computed => Private;

    [DataMember]
    [IgnoreDataMember]
    public int Both { get; set; }

    [DataMember(Order = 1)]
    public int Good { get; set; }
}

public struct Callbacks : ISerializationCallbacks
{
    public int A { get; set; }

    void ISerializationCallbacks.OnSerializing() => A++;

    void ISerializationCallbacks.OnDeserialized() => A++;
}
