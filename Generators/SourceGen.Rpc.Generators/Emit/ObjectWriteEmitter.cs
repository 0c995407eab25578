using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators.Emit;

/// <summary>Prints how an object's members are written: an array by index, or a map by name.</summary>
internal sealed class ObjectWriteEmitter
{
    private const string Unknown = GeneratedCode.Services + "UnknownData";

    private readonly SourceWriter _writer;
    private readonly ObjectModel _model;
    private readonly MemberModel[] _sent;
    private readonly string _value;
    private readonly string? _unknown;

    private ObjectWriteEmitter(SourceWriter writer, ObjectModel model)
    {
        _writer = writer;
        _model = model;
        _sent = [.. model.Sent];

        // A struct comes by read-only reference, and what its callback changes must be written.
        _value = model.Callbacks is not null && !model.Ref.CanBeNull ? "copy" : "value";
        _unknown = model.Unknown is { } unknown ? $"{_value}.{TypeNames.Escape(unknown.Name)}" : null;
    }

    public static void Emit(SourceWriter writer, ObjectModel model) => new ObjectWriteEmitter(writer, model).Emit();

    private void Emit()
    {
        if (_model.Callbacks is { } callbacks)
        {
            if (_value == "copy") _writer.Line($"{_model.Ref.Name} copy = value;").Line($"copy.{callbacks.Before}();");
            else _writer.Line($"(({callbacks.Interface})value).{callbacks.Before}();");
        }

        _writer.Line($"writer.Enter({Literals.Text(CollectionEmitter.Plain(_model))});");
        if (_model.IsKeyed) EmitArray();
        else EmitMap();
        _writer.Line("writer.Leave();");
    }

    private void EmitArray()
    {
        int length = _sent.Length == 0 ? 0 : _sent[_sent.Length - 1].Index + 1;
        string count = _unknown is null ? $"{length}" : $"{Unknown}.ArrayLength({_unknown}, {length})";
        _writer.Line($"writer.WriteArrayHeader({count});");
        int next = 0;
        foreach (MemberModel member in _sent)
        {
            EmitGap(next, member.Index);
            _writer.Line(Write(member));
            next = member.Index + 1;
        }

        if (_unknown is not null) _writer.Line($"{Unknown}.WriteSlotsFrom({_unknown}, {length}, ref writer);");
    }

    private void EmitGap(int from, int to)
    {
        if (to - from > 3)
        {
            _writer.Line($"for (int i = {from}; i < {to}; i++) {Slot("i")}");
            return;
        }

        for (int i = from; i < to; i++) _writer.Line(Slot($"{i}"));
    }

    private string Slot(string index) =>
        _unknown is null ? "writer.WriteNil();" : $"{Unknown}.WriteSlot({_unknown}, {index}, ref writer);";

    private void EmitMap()
    {
        string count = _unknown is null ? $"{_sent.Length}" : $"{_sent.Length} + ({_unknown}?.Count ?? 0)";
        _writer.Line($"writer.WriteMapHeader({count});");

        // Before the known ones, because of repeated members the last counts.
        if (_unknown is not null) _writer.Line($"{Unknown}.WriteEntries({_unknown}, ref writer);");
        foreach (MemberModel member in _sent)
        {
            string key = string.Join(", ", Encode(member.Key).Select(static b => $"0x{b:X2}"));
            _writer.Line($"writer.WriteRaw([{key}]); // {SchemaText.Word(member.Key)}").Line(Write(member));
        }
    }

    private string Write(MemberModel member) => GeneratedCode.Write(member.Type, $"{_value}.{TypeNames.Escape(member.Name)}") + ";";

    /// <summary>The key as a MessagePack string, encoded here so that nobody encodes it at run time.</summary>
    private static IEnumerable<byte> Encode(string key)
    {
        byte[] utf8 = WireNames.Utf8(key);
        byte[] header = utf8.Length switch
        {
            < 32 => [(byte)(0xA0 | utf8.Length)],
            <= byte.MaxValue => [0xD9, (byte)utf8.Length],
            <= ushort.MaxValue => [0xDA, (byte)(utf8.Length >> 8), (byte)utf8.Length],
            _ => [0xDB, (byte)(utf8.Length >> 24), (byte)(utf8.Length >> 16), (byte)(utf8.Length >> 8), (byte)utf8.Length],
        };
        return header.Concat(utf8);
    }
}
