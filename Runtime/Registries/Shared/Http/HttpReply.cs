using System.Globalization;
using System.Net;
using System.Text;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>What an endpoint answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="Endpoint">The number of the endpoint that answered.</param>
internal sealed record HttpReply(HttpStatusCode Status, byte[] Body, int Endpoint)
{
    private const int MaxTextLength = 300;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The value of the header that was asked for; null when it was not there.</summary>
    public string? Header { get; init; }

    /// <summary>The body as text for messages: one line, bounded.</summary>
    public string Text => Describe(Body);

    /// <summary>Any text of a server for messages: one line, bounded.</summary>
    public static string Describe(ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxTextLength)]);
        StringBuilder line = new(text.Length);
        foreach (char c in text) line.Append(char.IsControl(c) ? ' ' : c);
        return line.ToString().Trim();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Status} {Text}");
}
