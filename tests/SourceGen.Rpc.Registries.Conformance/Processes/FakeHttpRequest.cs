using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>A request to a <see cref="FakeHttpServer"/>, and how it is answered.</summary>
/// <param name="path">Path and query.</param>
/// <param name="head">The lines of its head.</param>
/// <param name="body">Its body.</param>
/// <param name="stream">The connection.</param>
/// <param name="stopped">Cancelled when the server is stopped.</param>
public sealed class FakeHttpRequest(string path, IReadOnlyList<string> head, string body, Stream stream, CancellationToken stopped)
{
    /// <summary>Path and query.</summary>
    public string Path { get; } = path;

    /// <summary>The lines of its head.</summary>
    public IReadOnlyList<string> Head { get; } = head;

    /// <summary>Its body.</summary>
    public string Body { get; } = body;

    /// <summary>Cancelled when the server is stopped.</summary>
    public CancellationToken Stopped { get; } = stopped;

    /// <summary>Whether it was answered wholly.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Answers it.</summary>
    /// <param name="text">The body.</param>
    /// <param name="status">The status.</param>
    /// <param name="headers">More lines of the head.</param>
    public async Task AnswerAsync(string text, int status = 200, params IReadOnlyList<string> headers)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string lines = string.Concat(headers.Select(static line => line + "\r\n"));
        await WriteAsync(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Status\r\nContent-Length: {bytes.Length}\r\n{lines}\r\n")));
        await WriteAsync(bytes);
        IsAnswered = true;
    }

    /// <summary>Begins an answer that ends with the connection.</summary>
    public Task BeginAsync() => WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());

    /// <summary>Sends some bytes of it, as a packet of their own.</summary>
    /// <param name="bytes">The bytes.</param>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, Stopped);
        await stream.FlushAsync(Stopped);
    }

    /// <summary>Says nothing until the server is stopped.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, Stopped);
}
