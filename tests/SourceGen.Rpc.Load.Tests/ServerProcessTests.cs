using System.Diagnostics;
using System.Net;
using System.Text;

namespace SourceGen.Rpc.Load.Tests;

public sealed class ServerProcessTests
{
    [Fact]
    public void Start_ThenDispose_ServesTheBaselineAndEndsTheProcess()
    {
        Process process;
        using (ServerProcess server = ServerProcess.Start())
        {
            process = Process.GetProcessById(server.Id);
            using var client = new RawAsyncClient(server.Addresses.RawAsync, new FrameSizes(27, 21), 4);
            client.Open();
            ProcessCounters before = server.ReadCounters();
            Assert.True(client.Run(TimeSpan.FromMilliseconds(20)).Calls >= 4);
            ProcessCounters used = server.ReadCounters() - before;
            Assert.True(used.CpuMicroseconds > 0);
            Assert.Equal(server.StartHttp(), server.StartHttp());
            Assert.True(server.ReadCounters().AllocatedBytes > before.AllocatedBytes);
        }

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        process.Dispose();
    }

    [Fact]
    public void Run_InputEnds_ReturnsAfterAnsweringWhatWasAsked()
    {
        var output = new MemoryStream();
        Assert.Equal(0, ServerHost.Run(new MemoryStream([ServerHost.Ask, ServerHost.Ask]), output));
        byte[] written = output.ToArray();
        int endOfLine = Array.IndexOf(written, (byte)'\n');
        ServerAddresses addresses = ServerAddresses.Parse(Encoding.ASCII.GetString(written, 0, endOfLine));
        Assert.NotEqual(0, addresses.RawAsync.Port);
        Assert.NotEqual(addresses.RawAsync.Port, addresses.RawPolled.Port);
        ReadOnlySpan<byte> answers = written.AsSpan(endOfLine + 1);
        Assert.Equal(2 * ProcessCounters.Size, answers.Length);
        ProcessCounters first = ProcessCounters.Parse(answers), second = ProcessCounters.Parse(answers[ProcessCounters.Size..]);
        Assert.InRange(first.AllocatedBytes, 1, second.AllocatedBytes);
    }

    [Fact]
    public void Parse_WhatToStringWrote_GivesTheSameAddresses()
    {
        var addresses = new ServerAddresses(
            new(IPAddress.Loopback, 1), new(IPAddress.Loopback, 2), "tcp://127.0.0.1:3", null, "tls://127.0.0.1:4", "AB12");
        Assert.Equal(addresses, ServerAddresses.Parse(addresses.ToString()));
        Assert.Throws<FormatException>(() => ServerAddresses.Parse("nothing"));
    }
}
