namespace SourceGen.Rpc.CompilerServices;

/// <summary>An error that a method declares with <see cref="ThrowsAttribute{TError}">[Throws]</see>, without its type.</summary>
public abstract class RpcErrorType
{
    private protected RpcErrorType(string name, bool isException)
    {
        Name = name;
        IsException = isException;
    }

    /// <summary>The type's name on the wire, the same as in the contract's schema.</summary>
    public string Name { get; }

    /// <summary>Whether it is an exception that arrives as itself; otherwise it is a detail of an <see cref="RpcException"/>.</summary>
    public bool IsException { get; }

    /// <summary>Whether an exception, or a detail, is of this type or derives from it.</summary>
    /// <param name="error">The exception or the detail.</param>
    public abstract bool Matches(object error);

    /// <summary>The code that goes with an exception of this type.</summary>
    /// <param name="error">The exception.</param>
    public abstract RpcStatusCode CodeOf(Exception error);

    /// <summary>Binds the type to a codec.</summary>
    /// <param name="codec">The codec.</param>
    /// <exception cref="NotSupportedException">The codec cannot serialize the type; the message says what is missing.</exception>
    public abstract RpcErrorSerializer Bind(ICodec codec);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
