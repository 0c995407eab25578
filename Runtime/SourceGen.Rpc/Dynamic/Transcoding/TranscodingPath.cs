using System.Globalization;
using System.Text;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Where in a value the transcoder is, for messages: <c>order.lines[2].sku</c>.</summary>
internal sealed class TranscodingPath
{
    private const int MaxSteps = 16;
    private const int MaxName = 60;

    private readonly List<(string? Name, long Index)> _steps = [];

    /// <summary>Goes into a parameter or a member.</summary>
    public void Enter(string name) => _steps.Add((name, 0));

    /// <summary>Goes into an element of an array.</summary>
    public void Enter(long index) => _steps.Add((null, index));

    /// <summary>Goes back.</summary>
    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>The path; empty at the root.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (int i = 0; i < _steps.Count; i++)
        {
            // The ends of a long path tell most.
            if (i == MaxSteps / 2 && _steps.Count > MaxSteps)
            {
                text.Append("...");
                i = _steps.Count - (MaxSteps / 2);
            }

            Append(text, _steps[i]);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, (string? Name, long Index) step)
    {
        if (step.Name is not { } name)
        {
            text.Append('[').Append(step.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            return;
        }

        if (name.Length > MaxName) name = name[..MaxName] + "...";
        if (SchemaText.IsWord(name))
        {
            if (text.Length > 0) text.Append('.');
            text.Append(name);
        }
        else
        {
            text.Append('[');
            SchemaText.AppendName(text, name);
            text.Append(']');
        }
    }
}
