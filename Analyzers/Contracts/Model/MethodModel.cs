namespace SourceGen.Rpc.Contracts;

/// <summary>What a method returns.</summary>
internal enum ReturnKind
{
    ValueTask,
    ValueTaskOfResult,
    Task,
    TaskOfResult,
    Stream,
}

/// <summary>One method of a contract.</summary>
/// <param name="Name">The C# name, escaped where it is a keyword.</param>
/// <param name="WireName">The name on the wire.</param>
/// <param name="DeclaringInterface">The interface that declares it, with <c>global::</c>.</param>
/// <param name="IsInherited">Whether that is another interface than the service.</param>
/// <param name="ReturnKind">Which task type it returns.</param>
/// <param name="ReturnType">The whole return type as declared.</param>
/// <param name="Result">The result, or an item of it when it is a stream; null when there is none.</param>
/// <param name="Parameters">The parameters that travel in the request, in order; no stream is among them.</param>
/// <param name="Input">The stream that the caller sends, or null.</param>
/// <param name="CancellationParameter">The escaped name of the trailing cancellation token, or null.</param>
/// <param name="IsOneWay">Whether no reply is sent.</param>
/// <param name="IsIdempotent">Whether it may be sent again.</param>
/// <param name="TimeoutMs">The contract's own time limit.</param>
/// <param name="Errors">The errors that it declares, a derived type before its base.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="Policy">How its calls are made; null when the contract does not say.</param>
internal sealed record MethodModel(
    string Name,
    string WireName,
    string DeclaringInterface,
    bool IsInherited,
    ReturnKind ReturnKind,
    string ReturnType,
    TypeUse? Result,
    EquatableArray<ParameterModel> Parameters,
    StreamParameterModel? Input,
    string? CancellationParameter,
    bool IsOneWay,
    bool IsIdempotent,
    int TimeoutMs,
    EquatableArray<ErrorModel> Errors,
    AccessModel Access,
    RpcCallPolicy? Policy);

/// <summary>One parameter that travels.</summary>
/// <param name="Name">The C# name, not escaped.</param>
/// <param name="Type">Its type as declared.</param>
/// <param name="Default">The C# expression of its default value, or null when the caller must pass it.</param>
/// <param name="Hash">What it is hashed as, being a key; null when it is none.</param>
internal sealed record ParameterModel(string Name, TypeUse Type, string? Default, KeyKind? Hash);

/// <summary>What a parameter is hashed as.</summary>
internal enum KeyKind
{
    /// <summary>By its own overload of <c>KeyHash.Of</c>.</summary>
    Itself,

    /// <summary>As a number of 64 bits.</summary>
    Number,
}

/// <summary>The parameter that is a stream.</summary>
/// <param name="Name">The C# name, not escaped.</param>
/// <param name="Position">How many of <see cref="MethodModel.Parameters"/> stand before it.</param>
/// <param name="Declared">The whole type as declared.</param>
/// <param name="Item">The type of its items.</param>
internal sealed record StreamParameterModel(string Name, int Position, string Declared, TypeUse Item);

/// <summary>A type where a signature mentions it.</summary>
/// <param name="Declared">The type with its nullable annotations and tuple names, as a signature repeats it.</param>
/// <param name="IsNonNullableReference">Whether a reader's null has to be declared harmless (nil is accepted for every reference
/// type).</param>
/// <param name="Type">How it is serialized.</param>
internal sealed record TypeUse(string Declared, bool IsNonNullableReference, TypeRef Type);
