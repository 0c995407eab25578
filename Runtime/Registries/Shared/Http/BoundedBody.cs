using System.Globalization;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>Reads bodies of servers that may be wrong or hostile, whatever length they announce.</summary>
internal static class BoundedBody
{
    /// <exception cref="InvalidDataException">It is longer than it may be.</exception>
    /// <exception cref="IOException">It broke off.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit) throw TooLong(limit);
        using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[(int)Math.Clamp(content.Headers.ContentLength ?? 4096, 16, 64 * 1024) + 1];
        int length = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0) return buffer.AsSpan(0, length).ToArray();
            length += read;
            if (length > limit) throw TooLong(limit);
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min((long)buffer.Length * 2, (long)limit + 1));
        }
    }

    private static InvalidDataException TooLong(int limit) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the answer has more than {limit:N0} bytes"));
}
