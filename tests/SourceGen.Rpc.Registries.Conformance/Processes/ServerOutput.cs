using System.Text;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>The last lines that a server wrote. Thread safe.</summary>
internal sealed class ServerOutput
{
    private const int MaxLines = 60;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _lines.Enqueue(line.Length > 500 ? line[..500] : line);
            if (_lines.Count > MaxLines) _lines.Dequeue();
        }
    }

    public void Clear()
    {
        lock (_lock) _lines.Clear();
    }

    public override string ToString()
    {
        lock (_lock)
        {
            StringBuilder text = new();
            foreach (string line in _lines) text.Append("  | ").AppendLine(line);
            return text.Length == 0 ? "  (it wrote nothing)" : text.ToString();
        }
    }
}
