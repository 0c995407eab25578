using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>
/// Reads as much of JSON as a lock uses: objects, arrays, texts and small numbers. It is here because an error must name its line, and
/// because an analyzer brings no JSON library of its own.
/// </summary>
/// <param name="text">The text, which a person or a merge may have edited.</param>
internal sealed class LockJson(string text)
{
    private const int MaxDepth = 8;
    private int _position;

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="LockFormatException">It is no JSON, or more than a lock uses.</exception>
    public LockNode Read()
    {
        LockNode node = ReadValue(depth: 0);
        SkipSpace();
        return _position == text.Length ? node : throw Error("there is more text behind the lock's last '}'; remove it");
    }

    private LockNode ReadValue(int depth)
    {
        SkipSpace();
        if (depth > MaxDepth) throw Error("values are nested deeper than a lock has them");
        switch (Peek())
        {
            case '{':
                return ReadObject(depth);
            case '[':
                return ReadList(depth);
            case '"':
                return ReadString();
            case >= '0' and <= '9':
                return ReadNumber();
            default:
                throw Expected("a value");
        }
    }

    private LockObject ReadObject(int depth)
    {
        int start = _position++;
        List<KeyValuePair<LockString, LockNode>> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        SkipSpace();
        while (Peek() != '}')
        {
            if (members.Count > 0) Take(',', "',' or '}'");
            SkipSpace();
            if (Peek() != '"') throw Expected("a name in quotes");
            LockString name = ReadString();
            if (!names.Add(name.Value))
                throw new LockFormatException(name.Start, name.Length, $"'{name.Value}' is there twice; keep one of the two");
            SkipSpace();
            Take(':', "':'");
            members.Add(new KeyValuePair<LockString, LockNode>(name, ReadValue(depth + 1)));
            SkipSpace();
        }

        _position++;
        return new LockObject(start, _position - start, members);
    }

    private LockList ReadList(int depth)
    {
        int start = _position++;
        List<LockNode> items = [];
        SkipSpace();
        while (Peek() != ']')
        {
            if (items.Count > 0) Take(',', "',' or ']'");
            items.Add(ReadValue(depth + 1));
            SkipSpace();
        }

        _position++;
        return new LockList(start, _position - start, items);
    }

    private LockNumber ReadNumber()
    {
        int start = _position;
        while (Peek() is >= '0' and <= '9') _position++;
        return int.TryParse(text.Substring(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? new LockNumber(start, _position - start, value)
            : throw new LockFormatException(start, _position - start, "the number is too large");
    }

    private LockString ReadString()
    {
        int start = _position++;
        StringBuilder value = new();
        while (Peek() != '"')
        {
            char c = Peek();
            if (c < ' ')
                throw new LockFormatException(start, _position - start, "the text that begins here has no closing quote on its line");
            _position++;
            value.Append(c == '\\' ? ReadEscape() : c);
        }

        _position++;
        return new LockString(start, _position - start, value.ToString());
    }

    private char ReadEscape()
    {
        char c = Peek();
        _position++;
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'u' when _position + 4 <= text.Length && ushort.TryParse(
                text.Substring(_position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code):
                _position += 4;
                return (char)code;
            default:
                _position--;
                throw Error("a '\\' stands before '\"', '\\', '/' or 'u' with four hexadecimal digits");
        }
    }

    /// <summary>The character here; a control character at the end of the text, which is part of nothing.</summary>
    private char Peek() => _position < text.Length ? text[_position] : '\0';

    private void Take(char c, string expected)
    {
        if (Peek() != c) throw Expected(expected);
        _position++;
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t' or '\r' or '\n' or '\uFEFF') _position++;
    }

    private LockFormatException Expected(string what)
    {
        if (_position >= text.Length) return Error($"expected {what}, found the end");
        int end = text.IndexOf('\n', _position);
        string line = text.Substring(_position, (end < 0 ? text.Length : end) - _position).TrimEnd();
        if (line.StartsWith("<<<<<<<", StringComparison.Ordinal) || line.StartsWith("=======", StringComparison.Ordinal)
            || line.StartsWith(">>>>>>>", StringComparison.Ordinal))
        {
            return new LockFormatException(
                _position, line.Length, "a merge has left its mark here; keep the lines of one side, then update the lock");
        }

        string found = line.Length > 16 ? line.Substring(0, 16) + "..." : line;
        return new LockFormatException(_position, Math.Max(1, line.Length), $"expected {what}, found '{found}'");
    }

    private LockFormatException Error(string problem) => new(Math.Min(_position, text.Length), 0, problem);
}
