using System.Globalization;
using System.Net.Sockets;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>Asks the kernel which event loops of this process know a socket.</summary>
internal static class EpollSets
{
    /// <summary>What stands for the socket in each of the epoll sets that contain it.</summary>
    public static List<ulong> With(Socket socket)
    {
        List<ulong> found = [];
        string descriptor = socket.SafeHandle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        foreach (string info in Directory.GetFiles("/proc/self/fdinfo"))
        {
            foreach (string line in Lines(info))
            {
                // tfd:       12 events: 40000001 data: 100000005  pos:0 ...
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (words.Length < 6 || words[0] != "tfd:" || words[1] != descriptor) continue;
                found.Add(ulong.Parse(words[5], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        return found;
    }

    private static string[] Lines(string info)
    {
        try
        {
            return File.ReadAllLines(info);
        }
        catch (IOException)
        {
            return []; // The descriptor was closed since the directory was read.
        }
    }
}
