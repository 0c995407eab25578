using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>
/// Prints how an object is read. Where every member is assigned, the object is made first and filled; otherwise values are kept in
/// locals until the constructor and the object initializer take them.
/// </summary>
internal sealed class ObjectReadEmitter
{
    private readonly SourceWriter _writer;
    private readonly ObjectModel _model;
    private readonly bool _isFilled;
    private readonly Dictionary<MemberModel, (string Local, string Flag)> _names = [];

    private ObjectReadEmitter(SourceWriter writer, ObjectModel model)
    {
        _writer = writer;
        _model = model;
        _isFilled = model.Arguments.Count == 0 && model.Members.All(static m => m.Setter == MemberSetter.Assign);
        NameAllocator names = new(["reader", "count", "index", "key", "value", "defaults"]);
        foreach (MemberModel member in model.Members)
        {
            string local = TypeNames.Escape(names.Take(NameAllocator.Camel(member.Name)));
            _names[member] = (local, names.Take("has" + NameAllocator.Pascal(member.Name)));
        }
    }

    public static void Emit(SourceWriter writer, ObjectModel model) => new ObjectReadEmitter(writer, model).Emit();

    private void Emit()
    {
        _writer.Line($"reader.Enter({Literals.Text(CollectionEmitter.Plain(_model))});");
        _writer.Line($"int count = reader.Read{(_model.IsKeyed ? "Array" : "Map")}Header();");
        if (_isFilled) _writer.Line($"{_model.Ref.Name} value = new {_model.Ref.Name}();");
        else EmitLocals();

        _writer.Open("for (int index = 0; index < count; index++)");
        if (_model.Members.Count > 0)
        {
            EmitSwitch();
        }
        else
        {
            if (!_model.IsKeyed) _writer.Line("reader.ReadStringSpan();");
            _writer.Line("reader.Skip();");
        }

        _writer.Close().Line().Line("reader.Leave();");
        if (_isFilled) EmitReturn();
        else EmitConstruction();
    }

    private void EmitLocals()
    {
        foreach (MemberModel member in _model.Members)
        {
            _writer.Line($"{member.Type.Name} {_names[member].Local} = {member.Default};");
            if (HasFlag(member)) _writer.Line($"bool {_names[member].Flag} = false;");
        }
    }

    private void EmitSwitch()
    {
        if (!_model.IsKeyed) _writer.Line("global::System.ReadOnlySpan<byte> key = reader.ReadStringSpan();");
        _writer.Open(_model.IsKeyed ? "switch (index)" : "switch (key.Length)");
        foreach (MemberModel member in _model.Sent)
        {
            _writer.Line(_model.IsKeyed
                ? $"case {member.Index}:"
                : $"case {WireNames.Utf8(member.Key).Length} when global::System.MemoryExtensions.SequenceEqual(key, "
                    + $"{Literals.Text(member.Key)}u8):");
            EmitAssignment(member);
            _writer.Indented("break;");
        }

        _writer.Line("default:");
        if (_model.Unknown is { } unknown) EmitUnknown(unknown);
        else _writer.Indented("reader.Skip();");
        _writer.Indented("break;").Close();
    }

    private void EmitAssignment(MemberModel member)
    {
        string assignment = Assign(member, GeneratedCode.Read(member.Type));
        string? flag = !_isFilled && HasFlag(member) ? _names[member].Flag : null;

        // Nil in an array object also stands for an index that the writer does not know.
        if (_model.IsKeyed && !member.Type.CanBeNull)
        {
            if (flag is not null) _writer.Indented($"{flag} = !reader.TryReadNil();");
            _writer.Indented($"if ({flag ?? "!reader.TryReadNil()"}) {assignment}");
            return;
        }

        _writer.Indented(assignment);
        if (flag is not null) _writer.Indented($"{flag} = true;");
    }

    private void EmitUnknown(MemberModel member)
    {
        string kept = _isFilled ? "value." + TypeNames.Escape(member.Name) : _names[member].Local;
        string key = _model.IsKeyed ? "index" : "key";
        _writer.Indented(Assign(member, $"{GeneratedCode.Services}UnknownData.Keep({kept}, {key}, ref reader)"));
        if (!_isFilled && HasFlag(member)) _writer.Indented($"{_names[member].Flag} = true;");
    }

    private string Assign(MemberModel member, string to) =>
        _isFilled ? AccessorEmitter.Assign(_model, member, to) : $"{_names[member].Local} = {to};";

    private void EmitReturn()
    {
        if (_model.Callbacks is { } callbacks)
            _writer.Line(_model.Ref.CanBeNull ? $"(({callbacks.Interface})value).{callbacks.After}();" : $"value.{callbacks.After}();");
        _writer.Line("return value;");
    }

    private void EmitConstruction()
    {
        MemberModel[] init = [.. _model.Members.Where(static m => m.Setter == MemberSetter.Init)];
        MemberModel[] assigned = [.. _model.Members.Where(static m => m.Setter == MemberSetter.Assign)];
        string all = Construct(m => _names[m].Local);
        if (init.Length == 0 && assigned.Length == 0 && _model.Callbacks is null)
        {
            _writer.Line($"return {all};");
            return;
        }

        if (init.Length == 0)
        {
            _writer.Line($"{_model.Ref.Name} value = {all};");
        }
        else
        {
            // The defaults of init-only members are in their initializers, which only an object made without them shows.
            _writer.Line($"{_model.Ref.Name} value;");
            _writer.Open($"if ({string.Join(" && ", init.Select(m => _names[m].Flag))})").Line($"value = {all};").Close();
            EmitConstructionWithDefaults(init);
        }

        foreach (MemberModel member in assigned)
            _writer.Line($"if ({_names[member].Flag}) {AccessorEmitter.Assign(_model, member, _names[member].Local)}");
        EmitReturn();
    }

    private void EmitConstructionWithDefaults(MemberModel[] init)
    {
        _writer.Open("else");
        if (init.Length == 1)
        {
            _writer.Line($"value = {Construct(null)};");
        }
        else
        {
            _writer.Line($"{_model.Ref.Name} defaults = {Construct(null)};");
            _writer.Line($"value = {Construct(m => $"{_names[m].Flag} ? {_names[m].Local} : defaults.{TypeNames.Escape(m.Name)}")};");
        }

        _writer.Close().Line();
    }

    /// <summary>
    /// The creation of an object; <paramref name="init"/> gives the values of init-only members, which are left out without it.
    /// </summary>
    private string Construct(Func<MemberModel, string>? init)
    {
        IEnumerable<string> arguments = _model.Arguments.Select(a =>
            $"{TypeNames.Escape(a.Parameter)}: {(a.Member >= 0 ? _names[_model.Members[a.Member]].Local : a.Value)}");
        string[] members = [.. _model.Members
            .Where(m => m.Setter == MemberSetter.Required || (m.Setter == MemberSetter.Init && init is not null))
            .Select(m => $"{TypeNames.Escape(m.Name)} = {(m.Setter == MemberSetter.Required ? _names[m].Local : init!(m))}")];
        string initializer = members.Length == 0 ? "" : $" {{ {string.Join(", ", members)} }}";
        return $"new {_model.Ref.Name}({string.Join(", ", arguments)}){initializer}";
    }

    private static bool HasFlag(MemberModel member) => member.Setter is MemberSetter.Init or MemberSetter.Assign;
}
