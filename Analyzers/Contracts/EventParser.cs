using Microsoft.CodeAnalysis;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Contracts;

/// <summary>The rules of events, the methods of <c>[Topic]</c> interfaces, where they are not those of a service's methods.</summary>
/// <param name="topic">The interface.</param>
/// <param name="name">What its topics begin with; null when that is not valid.</param>
/// <param name="problems">Is told everything that is wrong.</param>
internal sealed class EventParser(INamedTypeSymbol topic, string? name, ProblemSink problems)
{
    private const string OneWay = "no event has a reply";
    private const string Throws = "no error of a subscriber comes back to the publisher";
    private const string Policy = "it is how clients call servers; how messages are published and tried again is said by the options of publishers "
        + "and subscriptions";
    private const string Access = "nobody calls a subscriber; who may publish and subscribe is the broker's to decide";
    private const string Timeout = "nobody waits for a reply";

    /// <summary>Checks what an interface's topics begin with.</summary>
    /// <returns>Whether it is valid.</returns>
    public static bool CheckName(INamedTypeSymbol topic, string name, ProblemSink problems)
    {
        if (TopicRules.FindProblem(name, isPattern: false) is not { } problem) return true;
        problems.Report(
            DiagnosticDescriptors.InvalidTopic, topic, $"Interface '{topic.Name}'", Literals.Text(name), problem, "name another in [Topic(\"...\")]");
        return false;
    }

    /// <summary>Checks what an interface says of all its methods. What an inherited one says is reported at the topic.</summary>
    public void CheckInterface(INamedTypeSymbol declaring)
    {
        bool isInherited = !SymbolEqualityComparer.Default.Equals(declaring, topic);
        CheckAttributes(declaring, topic, $"Interface '{declaring.Name}'{(isInherited ? $" (inherited by {topic.Name})" : "")}");
    }

    /// <summary>Checks all of an event but its parameters; its return type is known to the compiler.</summary>
    /// <param name="method">The method.</param>
    /// <param name="wireName">Its name on the wire.</param>
    /// <param name="place">Where to speak about it.</param>
    /// <param name="display">What to call it.</param>
    /// <returns>Whether its return type is valid.</returns>
    public bool Check(IMethodSymbol method, string wireName, ISymbol place, string display)
    {
        string full = name is null ? wireName : $"{name}.{wireName}";
        if (TopicRules.FindProblem(full, isPattern: false) is { } problem)
        {
            problems.Report(
                DiagnosticDescriptors.InvalidTopic, place, $"Method '{display}'", Literals.Text(full), problem,
                "give it another name with [Method(Name = \"...\")]");
        }

        CheckAttributes(method, place, $"Method '{display}'");
        if (KnownTypes.NamedArgument(KnownTypes.Attribute(method, "MethodAttribute"), "TimeoutMs") is not null)
            Report(place, $"Method '{display}'", "TimeoutMs", Timeout);
        if (method.RefKind == RefKind.None && method.ReturnType is INamedTypeSymbol type
            && (KnownTypes.Is(type, "System.Threading.Tasks", "ValueTask") || KnownTypes.Is(type, "System.Threading.Tasks", "Task"))) return true;
        string byReference = method.RefKind == RefKind.None ? "" : "ref ";
        problems.Report(
            DiagnosticDescriptors.InvalidEvent, place, display, $"returns '{byReference}{Display(method.ReturnType)}'",
            "nothing comes back from whoever has subscribed; return ValueTask or Task");
        return false;
    }

    /// <summary>Checks a parameter; false, after reporting it, for a stream.</summary>
    public bool CheckParameter(IParameterSymbol parameter, ISymbol place, string display)
    {
        if (!KnownTypes.IsStream(parameter.Type)) return true;
        problems.Report(
            DiagnosticDescriptors.InvalidEvent, place, display, $"takes the stream '{Display(parameter.Type)}' as {parameter.Name}",
            "a message is published whole; publish one for each item, or take a list");
        return false;
    }

    private void CheckAttributes(ISymbol symbol, ISymbol place, string subject)
    {
        if (KnownTypes.Attribute(symbol, "OneWayAttribute") is not null) Report(place, subject, "[OneWay]", OneWay);
        if (KnownTypes.ThrowsAttributes(symbol).Any()) Report(place, subject, "[Throws]", Throws);
        if (KnownTypes.Attribute(symbol, "CallPolicyAttribute") is not null) Report(place, subject, "[CallPolicy]", Policy);
        if (KnownTypes.AuthorizationAttributes(symbol).Any()) Report(place, subject, "[RequireAuthorization]", Access);
        if (KnownTypes.AllowsAnonymous(symbol)) Report(place, subject, "[AllowAnonymous]", Access);
    }

    private void Report(ISymbol place, string subject, string what, string why) =>
        problems.Report(DiagnosticDescriptors.MeaninglessForEvents, place, subject, what, why);

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
