using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SourceGen.Rpc.Load;

/// <summary>
/// The server process. It writes a line that says where it listens, then answers each <see cref="Ask"/> with its counters (no garbage
/// collection first: the runtime allocates a little after each, which a call's figure would show) until its input ends. The
/// input is a pipe from the parent, so that it also ends when the parent dies, however it dies.
/// </summary>
internal static class ServerHost
{
    /// <summary>The argument that makes this program the server.</summary>
    public const string Argument = "--server-process";

    /// <summary>Asks for the counters.</summary>
    public const byte Ask = (byte)'?';

    /// <summary>
    /// Starts the HTTP baseline, which is not there before it is needed, and asks for its address: a line, empty if this build has none.
    /// </summary>
    public const byte StartHttp = (byte)'h';

    public static int Run(Stream input, Stream output)
    {
        using var rawAsync = new RawAsyncServer();
        using var rawPolled = new RawPolledServer();
        using RpcWorkloadServer? rpc = RpcWorkloadServer.Start(new RpcServerOptions().Listen("tcp://127.0.0.1:0"));
        using RpcWorkloadServer? lowLatencyRpc =
            RpcWorkloadServer.Start(new RpcServerOptions { LowLatency = true }.Listen("tcp://127.0.0.1:0"));
        using X509Certificate2 certificate = LoadCertificate.Create();
        using RpcWorkloadServer? tlsRpc = RpcWorkloadServer.Start(new RpcServerOptions().Listen("tls://127.0.0.1:0").UseTls(certificate));
        var addresses = new ServerAddresses(
            rawAsync.EndPoint,
            rawPolled.EndPoint,
            rpc?.Address,
            lowLatencyRpc?.Address,
            tlsRpc?.Address,
            certificate.GetCertHashString(HashAlgorithmName.SHA256));
        WriteLine(output, addresses.ToString());
        KestrelStreamServer? http = null;
        Span<byte> command = stackalloc byte[1];
        Span<byte> answer = stackalloc byte[ProcessCounters.Size];
        while (input.Read(command) == 1)
        {
            if (command[0] == StartHttp)
            {
                http ??= KestrelStreamServer.Start();
                WriteLine(output, http?.Address ?? "");
                continue;
            }

            ProcessCounters.Read().Write(answer);
            output.Write(answer);
            output.Flush();
        }

        http?.Dispose();
        return 0;
    }

    private static void WriteLine(Stream output, string line)
    {
        output.Write(Encoding.ASCII.GetBytes(line + "\n"));
        output.Flush();
    }
}
