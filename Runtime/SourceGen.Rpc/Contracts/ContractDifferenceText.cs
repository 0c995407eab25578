namespace SourceGen.Rpc.Contracts;

/// <summary>The sentences about each kind of difference.</summary>
internal static class ContractDifferenceText
{
    private const string NewMethod = "Leave the method as it was, and add one of another name";

    /// <summary>What changed, to stand behind its subject.</summary>
    public static string What(ContractFinding finding) => finding.Kind switch
    {
        ContractDifferenceKind.ServiceRenamed => $"was the {(finding.IsTopic ? "topic" : "service")} {finding.Old} and is {finding.New}",
        ContractDifferenceKind.MethodAdded => "was added",
        ContractDifferenceKind.MethodRemoved when finding.Successor is not null =>
            $"was removed; {finding.Successor} looks like its new name",
        ContractDifferenceKind.MethodRemoved => "was removed",
        ContractDifferenceKind.OneWayChanged when finding.New == "oneway" => "is one-way now and had a reply",
        ContractDifferenceKind.OneWayChanged => "was one-way and has a reply now",
        ContractDifferenceKind.ResultAdded => $"is {finding.New} and there was none",
        ContractDifferenceKind.ResultRemoved => $"was {finding.Old} and there is none",
        ContractDifferenceKind.ParameterStreamChanged when finding.New.Length > 0 => $"takes the {finding.New} and took no stream",
        ContractDifferenceKind.ParameterStreamChanged => $"took the {finding.Old} and takes no stream",
        ContractDifferenceKind.ParameterAdded when finding.HasDefault => $"({finding.New}) was added with a default value",
        ContractDifferenceKind.ParameterAdded => $"({finding.New}) was added without a default value",
        ContractDifferenceKind.ParameterRemoved => $"({finding.Old}) was removed",
        ContractDifferenceKind.ParameterMoved => $"was the {finding.Old} and is the {finding.New}",
        ContractDifferenceKind.ParameterRenamed => $"was called '{finding.Old}'",
        ContractDifferenceKind.DefaultAdded => "has a default value now",
        ContractDifferenceKind.DefaultRemoved => "has no default value any more",
        ContractDifferenceKind.ErrorAdded => "is declared now",
        ContractDifferenceKind.ErrorRemoved => "is not declared any more",
        ContractDifferenceKind.MemberAdded => $"({finding.New}) was added",
        ContractDifferenceKind.MemberRemoved when finding.Successor is not null =>
            $"({finding.Old}) was removed; '{finding.Successor}' looks like its new name",
        ContractDifferenceKind.MemberRemoved => $"({finding.Old}) was removed",
        ContractDifferenceKind.MemberMoved => $"was {finding.Old} and is {finding.New}, which has another index",
        ContractDifferenceKind.MemberRenamed => $"was called {finding.Old} and is called {finding.New}",
        ContractDifferenceKind.EnumValueAdded => $"(= {finding.New}) was added",
        ContractDifferenceKind.EnumValueRemoved => $"(= {finding.Old}) was removed",
        ContractDifferenceKind.EnumValueRenamed => $"(= {finding.Old}) is called '{finding.Successor}' now",
        ContractDifferenceKind.UnionCaseAdded => $"({finding.New}) was added",
        ContractDifferenceKind.UnionCaseRemoved => $"({finding.Old}) was removed",
        ContractDifferenceKind.UnionOpened => "was added",
        ContractDifferenceKind.UnionClosed => "was removed",
        ContractDifferenceKind.NotCompared => "cannot be compared: the contracts are too large",
        _ => $"was {finding.Old} and is {finding.New}",
    };

    /// <summary>What happens because of it, as one sentence.</summary>
    public static string Why(ContractFinding finding)
    {
        bool isSent = (finding.Usage & ContractUsage.Parameter) != 0, isReturned = (finding.Usage & ContractUsage.Result) != 0;
        return finding.Kind switch
        {
            ContractDifferenceKind.ServiceRenamed when finding.IsTopic =>
                "what is published to the one topic does not reach who subscribed to the other.",
            ContractDifferenceKind.ServiceRenamed => "a client asks for a service by its name, and is refused.",
            ContractDifferenceKind.MethodAdded => "only its calls to old servers are refused.",
            ContractDifferenceKind.MethodRemoved => "their calls are refused.",
            ContractDifferenceKind.OneWayChanged => "one side would wait for a reply that the other never sends, so calls are refused.",
            ContractDifferenceKind.ResultAdded => "an old server sends no result that a new client could read, so its calls are refused.",
            ContractDifferenceKind.ResultRemoved => "they would read a result that is not sent, so their calls are refused.",
            ContractDifferenceKind.ResultStreamChanged or ContractDifferenceKind.ParameterStreamChanged =>
                "a stream has messages of its own that both sides must know of, so calls are refused.",
            ContractDifferenceKind.ParameterAdded when finding.HasDefault =>
                "for old clients it has its default value, and old servers ignore it.",
            ContractDifferenceKind.ParameterAdded => "they do not send it, and there is nothing in its place, so their calls are refused.",
            ContractDifferenceKind.ParameterRemoved when finding.HasDefault => "what they send for it is silently ignored.",
            ContractDifferenceKind.ParameterRemoved =>
                "what old clients send for it is silently ignored, and old servers refuse calls without it.",
            ContractDifferenceKind.ParameterMoved =>
                "arguments are told apart by their place alone, so each side takes it for another one.",
            ContractDifferenceKind.ParameterRenamed => "names of parameters are not on the wire.",
            ContractDifferenceKind.DefaultAdded => "clients that do not send it can call the method now.",
            ContractDifferenceKind.DefaultRemoved => "old clients send it; still older ones, that do not know it, are refused now.",
            ContractDifferenceKind.ErrorAdded => "old clients get it as an RpcException with its code and message.",
            ContractDifferenceKind.ErrorRemoved =>
                "what they catch by its type arrives as an RpcException without its detail, if it still arrives.",
            ContractDifferenceKind.TypeRenamed => "names of types are not on the wire.",
            ContractDifferenceKind.TypeChanged or ContractDifferenceKind.LayoutChanged when !isSent && !isReturned =>
                "the error arrives as an RpcException without its detail.",
            ContractDifferenceKind.TypeChanged => "neither side can read what the other one writes, so calls are refused.",
            ContractDifferenceKind.LayoutChanged =>
                "keys by number make an array and names a map; neither side can read the other, so calls are refused.",
            ContractDifferenceKind.NumberWidened when isReturned => "they cannot hold every number that a new server may return.",
            ContractDifferenceKind.NumberWidened => "every number that was sent can be read; old servers cannot hold every new one.",
            ContractDifferenceKind.NumberNarrowed => "what was a valid number is lost or an error now.",
            ContractDifferenceKind.NullableAdded when finding.Forward == ContractEffect.Unexpected =>
                "a reference may be null on the wire anyway, but old code may not expect it.",
            ContractDifferenceKind.NullableAdded when isReturned => "they cannot read null.",
            ContractDifferenceKind.NullableAdded => "what was sent can be read; only old servers cannot read null.",
            ContractDifferenceKind.NullableRemoved when finding.Backward == ContractEffect.Unexpected =>
                "a reference may be null on the wire anyway, so check for it while old peers may send it.",
            ContractDifferenceKind.NullableRemoved when finding.Backward == ContractEffect.Lost =>
                "null in the place of a value reads as the value's default.",
            ContractDifferenceKind.NullableRemoved => "null was a valid value, and is an error now.",
            ContractDifferenceKind.MemberAdded => "where it is missing it has its default value, and who does not know it skips it.",
            ContractDifferenceKind.MemberRemoved when isSent && isReturned =>
                "what is sent of it is silently skipped, and who expects it gets its default value.",
            ContractDifferenceKind.MemberRemoved when isSent =>
                "what old clients send is silently skipped, and old servers get its default value.",
            ContractDifferenceKind.MemberRemoved => "who expects it silently gets its default value.",
            ContractDifferenceKind.MemberMoved => "members by index are told apart by it alone, so each side takes it for another one.",
            ContractDifferenceKind.MemberRenamed =>
                "its index is on the wire, not its name; if it means something else now, it needs an index of its own.",
            ContractDifferenceKind.EnumValueAdded when isReturned => "old clients may get a number that has no name there.",
            ContractDifferenceKind.EnumValueAdded => "old servers may get a number that has no name there.",
            ContractDifferenceKind.EnumValueRemoved => "the number still arrives, and means nothing any more.",
            ContractDifferenceKind.EnumValueRenamed => "the number is on the wire, not its name.",
            ContractDifferenceKind.EnumValueChanged => "the number is on the wire, so each side takes it for another value.",
            ContractDifferenceKind.UnionCaseAdded when finding.Forward == ContractEffect.Unexpected =>
                "old versions keep it as an unknown case.",
            ContractDifferenceKind.UnionCaseAdded when isReturned => "they cannot read the case, and its calls fail.",
            ContractDifferenceKind.UnionCaseAdded => "every case that was sent can be read; only old servers cannot read the new one.",
            ContractDifferenceKind.UnionCaseRemoved when finding.Backward == ContractEffect.Unexpected =>
                "it still arrives, as an unknown case.",
            ContractDifferenceKind.UnionCaseRemoved => "it was a valid value, and is an error now.",
            ContractDifferenceKind.UnionOpened => "cases of later versions are kept now.",
            ContractDifferenceKind.UnionClosed => "cases of later versions are errors now.",
            _ => "nobody can tell what differs.",
        };
    }

    /// <summary>What to do instead, as one sentence.</summary>
    public static string WayOut(ContractFinding finding)
    {
        bool isOfMember = finding.Place.NearestMember is not null;
        string instead = isOfMember ? "Leave the member as it was, and add one of another key" : NewMethod;
        return finding.Kind switch
        {
            ContractDifferenceKind.ServiceRenamed when finding.IsTopic => $"Keep the name with [Topic(\"{finding.Old}\")].",
            ContractDifferenceKind.ServiceRenamed => $"Keep the name with [Service(Name = \"{finding.Old}\")].",
            ContractDifferenceKind.MethodRemoved when finding.Successor is not null =>
                $"Keep its name on the wire with [Method(Name = \"{finding.Method}\")] on {finding.Successor}.",
            ContractDifferenceKind.MethodRemoved => "Keep it, marked [Obsolete], until no client calls it.",
            ContractDifferenceKind.ParameterAdded => "Give it a default value, or add a method of another name.",
            ContractDifferenceKind.ParameterRemoved => "Keep it and ignore it, or add a method of another name.",
            ContractDifferenceKind.ParameterMoved => "Keep the order, and add new parameters at the end, with default values.",
            ContractDifferenceKind.ErrorRemoved => "Keep declaring it while old clients catch it.",
            ContractDifferenceKind.LayoutChanged => "Keep the [Key]s as they were, or use a new type in a new member or method.",
            ContractDifferenceKind.MemberMoved => "Give each member its index back, and new members new ones.",
            ContractDifferenceKind.MemberRemoved when finding.Successor is not null =>
                $"Keep its key with [Key(\"{finding.Place.Member}\")] on '{finding.Successor}'.",
            ContractDifferenceKind.MemberRemoved => "Keep the member under its key, marked [Obsolete], until nobody needs it.",
            ContractDifferenceKind.NullableRemoved => $"Keep it nullable. Or: {instead}.",
            ContractDifferenceKind.EnumValueRemoved => "Keep the value, marked [Obsolete].",
            ContractDifferenceKind.EnumValueChanged => $"Give it its number back: {finding.Place.Member} = {finding.Old}.",
            ContractDifferenceKind.UnionCaseAdded => $"Give the union a [UnionFallback] first, and the case later. Or: {instead}.",
            ContractDifferenceKind.UnionCaseRemoved => "Keep the case under its tag, marked [Obsolete], until nobody sends it.",
            ContractDifferenceKind.NotCompared => "Split the service.",
            _ => instead + ".",
        };
    }
}
