using System.Globalization;

namespace SourceGen.Rpc.Contracts;

/// <summary>Compares two versions of one method. Its types are left to <see cref="TypeComparison"/>.</summary>
/// <param name="old">The older version; in a handshake the client's.</param>
/// <param name="new">The newer version; in a handshake the server's.</param>
/// <param name="types">Gets the types that both versions have.</param>
/// <param name="oldSchema">The older contract.</param>
/// <param name="newSchema">The newer contract.</param>
internal sealed class MethodComparison(
    SchemaMethod old, SchemaMethod @new, TypeComparison types, ContractSchema oldSchema, ContractSchema newSchema)
{
    private readonly SchemaParameter[] _before = Array.FindAll(old.Parameters, static parameter => !parameter.IsStream);
    private readonly SchemaParameter[] _after = Array.FindAll(@new.Parameters, static parameter => !parameter.IsStream);

    private static ContractPlace TheResult { get; } = new(null, "the result");

    /// <summary>What differs in how the method is called. The differences that refuse a call come first, the plainest in front.</summary>
    public IEnumerable<ContractFinding> Shape()
    {
        if ((old.Reply == SchemaReply.OneWay) != (@new.Reply == SchemaReply.OneWay))
            yield return Changed(ContractDifferenceKind.OneWayChanged, old.ReplyText, @new.ReplyText);
        else if (TakesStream(old) != TakesStream(@new))
            yield return Changed(ContractDifferenceKind.ParameterStreamChanged, Text(StreamOf(old)), Text(StreamOf(@new)));
        else if (GivesStream(old) != GivesStream(@new))
            yield return Changed(ContractDifferenceKind.ResultStreamChanged, old.ReplyText, @new.ReplyText);
        else if (old.Result is not null && @new.Result is null)
            yield return Changed(ContractDifferenceKind.ResultRemoved, types.DescribeOld(old.Result), "");
        else if (old.Result is null && @new.Result is not null)
            yield return Changed(ContractDifferenceKind.ResultAdded, "", @new.ReplyText);
        for (int i = _before.Length; i < _after.Length; i++)
        {
            if (StreamOf(old)?.Name == _after[i].Name) continue;
            yield return At(ContractDifferenceKind.ParameterAdded, _after[i]) with
            {
                New = _after[i].Type.ToString(),
                HasDefault = _after[i].HasDefault,
            };
        }
    }

    /// <summary>What differs in names, places, defaults and errors. None of it refuses a call of the older version.</summary>
    public IEnumerable<ContractFinding> Details()
    {
        for (int i = _after.Length; i < _before.Length; i++)
        {
            if (StreamOf(@new)?.Name == _before[i].Name) continue;
            yield return At(ContractDifferenceKind.ParameterRemoved, _before[i]) with
            {
                Old = _before[i].Type.ToString(),
                HasDefault = _before[i].HasDefault,
            };
        }

        for (int i = 0; i < _after.Length; i++)
        {
            int was = Array.FindIndex(_before, parameter => parameter.Name == _after[i].Name);
            if (was >= 0 && was != i)
            {
                yield return At(ContractDifferenceKind.ParameterMoved, _after[i]) with
                {
                    Usage = ContractUsage.Parameter,
                    Backward = ContractEffect.Misread,
                    Forward = ContractEffect.Misread,
                    Old = Ordinal(was + 1),
                    New = Ordinal(i + 1),
                };
            }
            else if (was < 0 && i < _before.Length && !Array.Exists(_after, parameter => parameter.Name == _before[i].Name))
            {
                yield return At(ContractDifferenceKind.ParameterRenamed, _after[i]) with { Old = _before[i].Name, New = _after[i].Name };
            }

            if (i >= _before.Length || _before[i].HasDefault == _after[i].HasDefault) continue;
            yield return At(_after[i].HasDefault ? ContractDifferenceKind.DefaultAdded : ContractDifferenceKind.DefaultRemoved, _after[i]);
        }

        foreach (string name in old.Throws.Except(@new.Throws))
            yield return Error(ContractDifferenceKind.ErrorRemoved, name) with { Old = name };
        foreach (string name in @new.Throws.Except(old.Throws))
            yield return Error(ContractDifferenceKind.ErrorAdded, name) with { New = name };
    }

    /// <summary>Adds the types of the parameters and of the result.</summary>
    public void AddTypes()
    {
        for (int i = 0; i < Math.Min(_before.Length, _after.Length); i++)
            types.Add(_before[i].Type, _after[i].Type, PlaceOf(_before[i], _after[i].Name), ContractUsage.Parameter);
        if (StreamOf(old) is { } stream && StreamOf(@new) is { } same)
            types.Add(stream.Type, same.Type, PlaceOf(stream, same.Name), ContractUsage.Parameter);
        if (old.Result is not null && @new.Result is not null && GivesStream(old) == GivesStream(@new))
            types.Add(old.Result, @new.Result, TheResult, ContractUsage.Result);
    }

    /// <summary>Adds the types of the errors that both versions declare: an error is known by its name.</summary>
    public void AddErrors()
    {
        foreach (string name in old.Throws.Intersect(@new.Throws))
        {
            if (!oldSchema.Types.ContainsKey(name) || !newSchema.Types.ContainsKey(name)) continue;
            var type = new SchemaType(SchemaKind.Named, name, [], IsNullable: false);
            types.Add(type, type, new ContractPlace(null, $"error {TypeComparison.Shorten(name)}"), ContractUsage.Error);
        }
    }

    private static SchemaParameter? StreamOf(SchemaMethod method) => Array.Find(method.Parameters, static parameter => parameter.IsStream);

    private static bool TakesStream(SchemaMethod method) => StreamOf(method) is not null;

    private static bool GivesStream(SchemaMethod method) => method.Result?.Kind == SchemaKind.Stream;

    private static string Text(SchemaParameter? parameter) => parameter?.Type.ToString() ?? "";

    private static string Ordinal(int number) => number switch
    {
        1 => "1st",
        2 => "2nd",
        3 => "3rd",
        _ => string.Format(CultureInfo.InvariantCulture, "{0}th", number),
    };

    private static ContractPlace PlaceOf(SchemaParameter parameter, string name) =>
        new(null, $"parameter '{TypeComparison.Shorten(parameter.Name)}'") { Parameter = name };

    private ContractFinding At(ContractDifferenceKind kind, SchemaParameter parameter) =>
        new(kind, PlaceOf(parameter, parameter.Name)) { Method = @new.Name };

    private ContractFinding Error(ContractDifferenceKind kind, string name) =>
        new(kind, new ContractPlace(null, $"error {TypeComparison.Shorten(name)}")) { Method = @new.Name };

    private ContractFinding Changed(ContractDifferenceKind kind, string before, string after) =>
        new(kind, TheResult) { Method = @new.Name, Old = before, New = after };
}
