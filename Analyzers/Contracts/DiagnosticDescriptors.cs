using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// What can be wrong with a contract. An id is a literal, never reused, with a line in the ledger (AnalyzerReleases) and a page under
/// docs/diagnostics.
/// </summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "SourceGen.Rpc.Contract";
    private const string HelpLink = "https://github.com/sourcegen-rpc/sourcegen-rpc/blob/main/docs/diagnostics/";

    public static readonly DiagnosticDescriptor InterfaceNotPartial = new(
        "SGR0001",
        "A service interface must be partial",
        "Service interface '{0}' is not partial, so its contract cannot be added to it: declare it as 'partial interface'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0001.md");

    public static readonly DiagnosticDescriptor ContainingTypeNotPartial = new(
        "SGR0002",
        "A type that contains a service interface must be partial",
        "Type '{0}' contains the service interface '{1}' and is not partial: declare it as partial, or move the interface out of it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0002.md");

    public static readonly DiagnosticDescriptor GenericInterface = new(
        "SGR0003",
        "A service interface cannot be generic",
        "Service interface '{0}' is generic or nested in a generic type: a contract has one set of types on the wire; declare an "
        + "interface without type parameters",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0003.md");

    public static readonly DiagnosticDescriptor GenericMethod = new(
        "SGR0004",
        "A service method cannot be generic",
        "Method '{0}' is generic: the types on the wire must be known at compile time; declare one method per type",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0004.md");

    public static readonly DiagnosticDescriptor InterfaceNotAccessible = new(
        "SGR0005",
        "A service interface must be accessible in its assembly",
        "Service interface '{0}' is private, protected or file-local, or nested in such a type: make it internal or public",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0005.md");

    public static readonly DiagnosticDescriptor NotAMethod = new(
        "SGR0006",
        "A service interface can only require methods",
        "'{0}' is {1}: only methods are called over the wire; replace it by methods, or give it a body here",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0006.md");

    public static readonly DiagnosticDescriptor StaticAbstractMember = new(
        "SGR0007",
        "A service interface cannot have static abstract members",
        "'{0}' is static abstract, which neither a proxy nor a server's instance can provide: make it an instance method or give it a body",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0007.md");

    public static readonly DiagnosticDescriptor InvalidReturnType = new(
        "SGR0008",
        "A service method must return a task",
        "Method '{0}' returns '{1}': a call over the network is asynchronous; return ValueTask, ValueTask<T>, Task, Task<T> or "
        + "IAsyncEnumerable<T>",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0008.md");

    public static readonly DiagnosticDescriptor ByReferenceParameter = new(
        "SGR0009",
        "A service method cannot have parameters by reference",
        "{0} is passed by '{1}': arguments are copied to another process; pass it by value and return what the method changes",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0009.md");

    public static readonly DiagnosticDescriptor CancellationTokenNotLast = new(
        "SGR0010",
        "A service method takes at most one CancellationToken, as its last parameter",
        "Method '{0}' has a CancellationToken that is not the last parameter, or more than one: keep one, at the end",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0010.md");

    public static readonly DiagnosticDescriptor OneWayWithResult = new(
        "SGR0011",
        "A one-way method cannot have a result",
        "Method '{0}' is [OneWay] and returns '{1}': nothing comes back from a one-way call; return ValueTask or Task, or remove [OneWay]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0011.md");

    public static readonly DiagnosticDescriptor InvalidTimeout = new(
        "SGR0012",
        "A method's time limit is not valid",
        "Method '{0}' has TimeoutMs = {1}: write a number of milliseconds above 0, 0 for the client's default or -1 for no limit",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0012.md");

    public static readonly DiagnosticDescriptor InvalidWireName = new(
        "SGR0013",
        "A name on the wire is not valid",
        "'{0}' has the {1} {2}, which {3}: use 1 to 255 bytes of UTF-8 without white space, control characters and '/'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0013.md");

    public static readonly DiagnosticDescriptor DuplicateWireName = new(
        "SGR0014",
        "Two methods of a service have the same wire name",
        "Methods '{0}' and '{1}' of service interface '{2}' both have the wire name '{3}': give one another name with "
        + "[Method(Name = \"...\")]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0014.md");

    public static readonly DiagnosticDescriptor MisplacedStream = new(
        "SGR0015",
        "A stream stands where it cannot",
        "{0} is the stream '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0015.md");

    public static readonly DiagnosticDescriptor NotSerializable = new(
        "SGR0016",
        "A type cannot be serialized",
        "{0}: type '{1}' cannot be serialized: {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0016.md");

    public static readonly DiagnosticDescriptor NoConstructor = new(
        "SGR0017",
        "A serialized type has no usable constructor",
        "{0}: type '{1}' cannot be made by the reader: {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0017.md");

    public static readonly DiagnosticDescriptor TypeNotAccessible = new(
        "SGR0018",
        "A serialized type must be accessible in the contract's assembly",
        "{0}: type '{1}' is not accessible to generated code (private, protected, file-local or internal to another assembly): make "
        + "it internal or public",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0018.md");

    public static readonly DiagnosticDescriptor InvalidKey = new(
        "SGR0019",
        "A member's key is not valid",
        "{0}: member '{1}' has the key {2}: an index is 0 to 65535, and a name is not empty and has no control characters",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0019.md");

    public static readonly DiagnosticDescriptor DuplicateKey = new(
        "SGR0020",
        "Two members of a type have the same key",
        "{0}: members '{1}' and '{2}' of type '{3}' have the same key {4}: give each its own",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0020.md");

    public static readonly DiagnosticDescriptor MemberWithoutKey = new(
        "SGR0021",
        "A type with integer keys has a member without one",
        "{0}: member '{1}' has no key, but other members of type '{2}' have [Key(n)]: give it a [Key(n)] or leave it out with "
        + "[IgnoreMember]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0021.md");

    public static readonly DiagnosticDescriptor MixedKeys = new(
        "SGR0022",
        "A type has integer and string keys",
        "{0}: member '{1}' has a string key, but other members of type '{2}' have integer keys: a type is either an array by index "
        + "or a map by name",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0022.md");

    public static readonly DiagnosticDescriptor HiddenMember = new(
        "SGR0023",
        "A serialized member hides another",
        "{0}: member '{1}' of type '{2}' hides the member of the same name in '{3}', so one of them would be lost: rename one, or "
        + "mark the one of the base class with [IgnoreMember]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0023.md");

    public static readonly DiagnosticDescriptor KeyOnUnserializedMember = new(
        "SGR0024",
        "[Key] on a member that is not serialized",
        "{0}: member '{1}' has {2} but {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0024.md");

    public static readonly DiagnosticDescriptor LanguageVersionTooLow = new(
        "SGR0025",
        "SourceGen.Rpc needs C# 13 or later",
        "Service interface '{0}' is compiled as C# {1}, and generated code needs C# 13: set <LangVersion>13</LangVersion> or later, "
        + "or remove the setting on .NET 9 and later",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0025.md");

    public static readonly DiagnosticDescriptor NotGenerated = new(
        "SGR0026",
        "No code was generated for a service interface",
        "No code was generated for the valid service interface '{0}': it uses types that another source generator makes, which "
        + "generators cannot see (declare them by hand or in another project), or the project lacks the SourceGen.Rpc generator",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0026.md");

    public static readonly DiagnosticDescriptor ObsoleteAsError = new(
        "SGR0027",
        "A contract uses what is obsolete as an error",
        "{0}: '{1}' is marked [Obsolete] as an error, so generated code cannot use it: make it a warning, or leave it out of the contract",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0027.md");

    public static readonly DiagnosticDescriptor NothingSerialized = new(
        "SGR0028",
        "None of a type's public members can be serialized",
        "{0}: type '{1}' has public properties, but the reader could set none of them, so every value would arrive empty: add "
        + "setters or a constructor with a parameter for each",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0028.md");

    public static readonly DiagnosticDescriptor MethodNotAccessible = new(
        "SGR0029",
        "A service method must be accessible",
        "Method '{0}' is not accessible to generated code: make it public",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0029.md");

    public static readonly DiagnosticDescriptor InvalidError = new(
        "SGR0035",
        "A declared error is not valid",
        "{0}: type '{1}' cannot be a declared error: {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0035.md");

    public static readonly DiagnosticDescriptor OneWayThrows = new(
        "SGR0036",
        "A one-way method cannot declare errors",
        "Method '{0}' is one-way and declares '{1}', but nobody is told what becomes of a one-way call: remove [Throws], or remove "
        + "[OneWay] so that a reply is sent",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0036.md");

    public static readonly DiagnosticDescriptor InvalidAuthorization = new(
        "SGR0037",
        "[RequireAuthorization] asks for something empty",
        "{0}: [RequireAuthorization] has {1}: name what callers need, or leave it out to ask only that they are authenticated",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0037.md");

    public static readonly DiagnosticDescriptor ContradictoryAuthorization = new(
        "SGR0038",
        "[AllowAnonymous] together with [RequireAuthorization]",
        "{0} has both [AllowAnonymous] and [RequireAuthorization]: remove one of them",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0038.md");

    public static readonly DiagnosticDescriptor UselessAuthorization = new(
        "SGR0039",
        "An authorization attribute that protects nothing",
        "{0} has [{1}], which holds only on methods that a [Service] interface requires, and protects nothing here: put it on the "
        + "interface's method, or say it where the server is set up (RpcServerOptions.Access)",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0039.md");

    public static readonly DiagnosticDescriptor InvalidUnion = new(
        "SGR0040",
        "A union is not valid",
        "{0}: union '{1}' is not valid: {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0040.md");

    public static readonly DiagnosticDescriptor InfiniteType = new(
        "SGR0041",
        "A serialized type can only be infinite",
        "{0}: every value of type '{1}' must hold another one, through {2}, and so without end: make one of these members nullable, or "
        + "a collection, or give its parameter a default value",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0041.md");

    public static readonly DiagnosticDescriptor InvalidSerializer = new(
        "SGR0042",
        "A custom serializer is not valid",
        "{0}: '{1}' cannot serialize '{2}': {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0042.md");

    public static readonly DiagnosticDescriptor ForeignFormatter = new(
        "SGR0043",
        "[MessagePackFormatter] does not count here",
        "{0}: '{1}' has a [MessagePackFormatter], whose formatter only MessagePack-CSharp can run: write a class that implements "
        + "IRpcSerializer<T> and name it in [RpcSerializer(typeof(...))] beside it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0043.md");

    public static readonly DiagnosticDescriptor HiddenSetter = new(
        "SGR0044",
        "A member's setter cannot be reached",
        "{0}: member '{1}' has a setter that is not public, which generated code cannot reach in the generic type '{2}': make it public, "
        + "add a constructor parameter of the same name, or leave the member out with [IgnoreMember]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0044.md");

    public static readonly DiagnosticDescriptor InvalidUnknownMembers = new(
        "SGR0045",
        "A member for unknown members is not valid",
        "{0}: member '{1}' cannot hold the unknown members: {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0045.md");

    public static readonly DiagnosticDescriptor InvalidIntern = new(
        "SGR0046",
        "[Intern] stands on what is not a string",
        "{0}: type '{1}' cannot be interned: [Intern] is for members and parameters of type string; remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0046.md");

    public static readonly DiagnosticDescriptor InvalidPolicy = new(
        "SGR0047",
        "A call policy is not valid",
        "{0}: [CallPolicy] is not valid: {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0047.md");

    public static readonly DiagnosticDescriptor RepeatingPolicy = new(
        "SGR0048",
        "A call policy might run a method twice that is not idempotent",
        "Method '{0}' is not idempotent and has the call policy {1}, but {2}: add [Method(Idempotent = true)] if calling it twice has the same "
        + "effect as calling it once, or give it another policy with [CallPolicy]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0048.md");

    public static readonly DiagnosticDescriptor UnfitPolicy = new(
        "SGR0049",
        "A call policy does not fit its method",
        "Method '{0}' has the call policy {1}, but {2}: give it another policy with [CallPolicy]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0049.md");

    public static readonly DiagnosticDescriptor MisplacedBuffer = new(
        "SGR0050",
        "An RpcBuffer stands where nobody would dispose of it",
        "{0}: an RpcBuffer is disposed of with its call, so it can only be a whole parameter or the whole result of a method without "
        + "streams, but {1}: use byte[] or ReadOnlyMemory<byte>",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0050.md");

    public static readonly DiagnosticDescriptor UselessPolicy = new(
        "SGR0051",
        "A call policy that nobody follows",
        "{0} has [CallPolicy], which holds only on methods that a [Service] interface requires, and does nothing here: put it on the "
        + "interface's method, or say it where the client is set up (RpcClientOptions.Policies)",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0051.md");

    public static readonly DiagnosticDescriptor InvalidHashKey = new(
        "SGR0052",
        "A parameter that cannot be a hash key",
        "{0} has [HashKey], and {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0052.md");

    public static readonly DiagnosticDescriptor InvalidTopic = new(
        "SGR0053",
        "A topic's name is not valid",
        "{0} has the topic {1}, which is not valid: {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0053.md");

    public static readonly DiagnosticDescriptor InvalidEvent = new(
        "SGR0054",
        "A method of a topic cannot be an event",
        "Event '{0}' {1}: {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0054.md");

    public static readonly DiagnosticDescriptor MeaninglessForEvents = new(
        "SGR0055",
        "An attribute that means nothing for events",
        "{0} has {1}, which means nothing for events: {2}; remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0055.md");

    public static readonly DiagnosticDescriptor ServiceAndTopic = new(
        "SGR0056",
        "An interface is both a service and a topic",
        "Interface '{0}' has both [Service] and [Topic]: methods are called at one server, or published to whoever has subscribed; remove one of "
        + "the attributes, or declare an interface for each",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0056.md");

    /// <summary>All of them, by id.</summary>
    public static readonly DiagnosticDescriptor[] All =
    [
        InterfaceNotPartial, ContainingTypeNotPartial, GenericInterface, GenericMethod, InterfaceNotAccessible, NotAMethod,
        StaticAbstractMember, InvalidReturnType, ByReferenceParameter, CancellationTokenNotLast, OneWayWithResult, InvalidTimeout,
        InvalidWireName, DuplicateWireName, MisplacedStream, NotSerializable, NoConstructor, TypeNotAccessible, InvalidKey,
        DuplicateKey, MemberWithoutKey, MixedKeys, HiddenMember, KeyOnUnserializedMember, LanguageVersionTooLow, NotGenerated,
        ObsoleteAsError, NothingSerialized, MethodNotAccessible, InvalidError, OneWayThrows,
        InvalidAuthorization, ContradictoryAuthorization, UselessAuthorization, InvalidUnion, InfiniteType, InvalidSerializer,
        ForeignFormatter, HiddenSetter, InvalidUnknownMembers, InvalidIntern, InvalidPolicy, RepeatingPolicy, UnfitPolicy, MisplacedBuffer,
        UselessPolicy, InvalidHashKey, InvalidTopic, InvalidEvent, MeaninglessForEvents, ServiceAndTopic,
    ];
}
