using System.Globalization;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>
/// Takes a stream apart into lines, which may arrive in any pieces: characters that are cut apart are no concern of something that looks at
/// bytes alone. Not thread safe.
/// </summary>
internal sealed class LineReader(Stream stream, int maxLength)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>Reads the next line that is not empty.</summary>
    /// <returns>The line without its end, valid until the next call; empty at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">A line is longer than it may be.</exception>
    /// <exception cref="IOException">The stream broke off.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, _searched + length - _start);
                _start = _searched += length + 1;
                if (!line.IsEmpty) return line;
                continue;
            }

            _searched = _end;
            MakeRoom();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read > 0)
            {
                _end += read;
                continue;
            }

            // The last line may lack its end; half of one is then found out by whoever reads it.
            ReadOnlyMemory<byte> rest = _buffer.AsMemory(_start, _end - _start);
            _start = _searched = _end;
            return rest;
        }
    }

    private void MakeRoom()
    {
        int length = _end - _start;
        if (length >= maxLength)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"a line has more than {maxLength:N0} bytes"));
        }

        if (_end < _buffer.Length) return;
        byte[] target = length > _buffer.Length / 2 ? new byte[Math.Min(_buffer.Length * 2, maxLength)] : _buffer;
        _buffer.AsSpan(_start, length).CopyTo(target);
        _buffer = target;
        _start = 0;
        _searched = _end = length;
    }
}
