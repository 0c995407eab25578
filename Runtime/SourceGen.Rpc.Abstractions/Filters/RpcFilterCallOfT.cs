using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>A call on its way through the filters of one side.</summary>
/// <typeparam name="TRequest">The generated struct that holds the arguments.</typeparam>
public class RpcFilterCall<TRequest> : RpcFilterCall
    where TRequest : struct
{
    private readonly IReadOnlyList<RequestMember<TRequest>> _parameters;
    private TRequest _request;

    /// <summary>Creates a call. The engine does; tests of filters may too.</summary>
    /// <param name="method">The method that is called.</param>
    /// <param name="shape">The shape of its arguments.</param>
    /// <param name="hasResult">Whether it has a result.</param>
    public RpcFilterCall(RpcMethod method, TypeShape<TRequest> shape, bool hasResult)
        : base(method, hasResult) => _parameters = shape.Parameters ?? [];

    /// <summary>
    /// The arguments, which may be changed. They are sent, or passed on, as they are when the last filter calls what is behind it.
    /// </summary>
    public ref TRequest Request => ref _request;

    /// <inheritdoc/>
    public override int ArgumentCount => _parameters.Count;

    /// <inheritdoc/>
    public override string GetArgumentName(int index) => _parameters[index].Name;

    /// <inheritdoc/>
    public override object? GetArgument(int index) => _parameters[index].GetObject(in _request);

    /// <inheritdoc/>
    public override void SetArgument(int index, object? value) => _parameters[index].SetObject(ref _request, value);

    /// <summary>Gets an argument, without boxing when the type is the parameter's own.</summary>
    /// <typeparam name="TValue">The parameter's type, or a base of it.</typeparam>
    /// <param name="name">The parameter's name in the contract.</param>
    /// <exception cref="ArgumentException">The method has no such parameter, or it is of another type.</exception>
    public TValue GetArgument<TValue>(string name)
    {
        RequestMember<TRequest> parameter = Find(name);
        if (parameter is RequestMember<TRequest, TValue> typed) return typed.Get(in _request);
        return parameter.GetObject(in _request) switch
        {
            TValue value => value,
            null when default(TValue) is null => default!,
            object other => throw new ArgumentException($"Argument '{name}' of {Method} is {other.GetType()}, not {typeof(TValue)}."),
            null => throw new ArgumentException($"Argument '{name}' of {Method} is null, not {typeof(TValue)}."),
        };
    }

    /// <summary>Replaces an argument, without boxing when the type is the parameter's own.</summary>
    /// <typeparam name="TValue">The parameter's type.</typeparam>
    /// <param name="name">The parameter's name in the contract.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The method has no such parameter, or the value is of another type.</exception>
    public void SetArgument<TValue>(string name, TValue value)
    {
        RequestMember<TRequest> parameter = Find(name);
        if (parameter is RequestMember<TRequest, TValue> typed) typed.Set(ref _request, value);
        else parameter.SetObject(ref _request, value);
    }

    private RequestMember<TRequest> Find(string name)
    {
        foreach (RequestMember<TRequest> parameter in _parameters)
        {
            if (parameter.Name == name) return parameter;
        }

        string names = string.Join(", ", _parameters.Select(static parameter => parameter.Name));
        string has = names.Length == 0 ? "it has none" : $"it has {names}";
        throw new ArgumentException($"{Method} has no parameter '{name}'; {has}.", nameof(name));
    }
}
