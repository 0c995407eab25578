using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Servers that are slow, wrong or no servers at all: operations end in time, with an error that says what was wrong.</summary>
public sealed class HostileServerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_reply_that_is_cut_off_at_any_byte_ends_the_connection_and_nothing_else()
    {
        byte[] reply = FakeConnection.Stat(FakeConnection.Header(1, ErrorCode.Ok).Texts(["1.0::a"])).ToArray();
        // The last reply is whole, and the one after it says that the node has gone.
        await using FakeServer server = new(async (connection, number) =>
        {
            await connection.AcceptAsync();
            (int xid, _, _) = await connection.ReadRequestAsync();
            // The statistics behind the names are not looked at.
            int length = number - 1;
            if (length < reply.Length - 68)
            {
                await connection.WriteAsync(new JuteWriter().Raw(reply.AsSpan(0, length)));
                await connection.HangAsync();
            }

            await connection.WriteAsync(FakeConnection.Header(xid, ErrorCode.NoNode));
            await connection.HangAsync();
        });
        for (int length = 0; length < reply.Length - 68; length++)
        {
            await using ZooKeeperRegistry registry = Open($"{server.Address}?timeout=0.2");
            // The reply of the next connection is longer by a byte, so an operation may get through a few of them.
            await FailsAsync(registry, RpcStatusCode.Unavailable, RpcStatusCode.NotFound);
        }

        await using ZooKeeperRegistry last = Open(server.Address);
        await FailsAsync(last, RpcStatusCode.NotFound);
        Assert.True(server.Connections > reply.Length - 68, $"{server.Connections} connections");
    }

    [Fact]
    public async Task A_handshake_that_is_cut_off_at_any_byte_fails_over_to_a_server_that_works()
    {
        byte[] hello = FakeConnection.Hello(7, 10_000).ToArray();
        int cut = 0;
        await using FakeServer wrong = new(async (connection, number) =>
        {
            await connection.ReadHelloAsync();
            // Only the last byte, which servers before 3.4 leave out, may be missing.
            await connection.WriteAsync(new JuteWriter().Raw(hello.AsSpan(0, Math.Min(number - 1, hello.Length - 2))));
            Interlocked.Increment(ref cut);
            await connection.HangAsync();
        });
        await using FakeServer right = new(AnswerNoNodeAsync);
        for (int round = 0; round < hello.Length * 3 && Volatile.Read(ref cut) < hello.Length; round++)
        {
            await using ZooKeeperRegistry registry = Open($"{wrong.Address},{right.Address}");
            await FailsAsync(registry, RpcStatusCode.NotFound);
        }

        Assert.True(cut > 0);
    }

    public static TheoryData<string, byte[]> WrongFrames => new()
    {
        { "a length that lies", [0x7F, 0xFF, 0xFF, 0xFF] },
        { "a negative length", [0xFF, 0xFF, 0xFF, 0xFF] },
        { "another protocol", Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n") },
        { "an answer to nothing that was asked", Frame(FakeConnection.Header(99, ErrorCode.Ok)) },
        { "an answer to nothing with the lowest number", Frame(FakeConnection.Header(int.MinValue, ErrorCode.Ok)) },
        { "a frame without a header", Frame(new JuteWriter().Int(1)) },
        { "a count that lies", Frame(FakeConnection.Header(1, ErrorCode.Ok).Int(int.MaxValue)) },
        { "a negative count", Frame(FakeConnection.Header(1, ErrorCode.Ok).Int(-2)) },
        { "a text that lies", Frame(FakeConnection.Header(1, ErrorCode.Ok).Int(1).Int(1000).Raw("abc"u8)) },
        { "a text that is not UTF-8", Frame(FakeConnection.Header(1, ErrorCode.Ok).Int(1).Buffer([0xFF, 0xFE])) },
        { "an event without a path", Frame(FakeConnection.Header(Xid.Notification, ErrorCode.Ok).Int(1).Int(3).Int(5)) },
        { "a set of watches that failed", Frame(FakeConnection.Header(Xid.SetWatches, ErrorCode.MarshallingError)) },
    };

    [Theory]
    [MemberData(nameof(WrongFrames))]
    public async Task What_no_server_says_ends_the_connection_and_the_next_server_is_asked(string what, byte[] frame)
    {
        Assert.NotEmpty(what);
        await using FakeServer wrong = new(async (connection, _) =>
        {
            await connection.AcceptAsync();
            await connection.ReadRequestAsync();
            await connection.WriteRawAsync(frame);
            await connection.HangAsync();
        });
        await using (ZooKeeperRegistry alone = Open($"{wrong.Address}?timeout=0.5"))
        {
            RpcException error = await FailsAsync(alone, RpcStatusCode.Unavailable);
            Assert.Contains(wrong.Address, error.Message, StringComparison.Ordinal);
        }

        await using FakeServer right = new(AnswerNoNodeAsync);
        await using ZooKeeperRegistry both = Open($"{wrong.Address},{right.Address}");
        await FailsAsync(both, RpcStatusCode.NotFound);
    }

    [Fact]
    public async Task Events_of_later_versions_and_of_nobodys_watches_are_passed_over()
    {
        await using FakeServer server = new(async (connection, number) =>
        {
            await connection.AcceptAsync();
            (int xid, _, _) = await connection.ReadRequestAsync();
            foreach (int type in (int[])[99, -5, 1, 4])
            {
                await connection.WriteAsync(FakeConnection.Header(Xid.Notification, ErrorCode.Ok).Int(type).Int(3).Text("/x"));
            }

            await connection.WriteAsync(FakeConnection.Header(Xid.Ping, ErrorCode.Ok));
            await connection.WriteAsync(FakeConnection.Header(xid, ErrorCode.NoNode));
            await connection.HangAsync();
        });
        await using ZooKeeperRegistry registry = Open(server.Address);
        await FailsAsync(registry, RpcStatusCode.NotFound);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Garbage_of_every_kind_ends_in_an_error_in_time()
    {
        Random random = new(4711);
        await using FakeServer server = new(async (connection, number) =>
        {
            byte[] garbage = new byte[400];
            lock (random) random.NextBytes(garbage);
            if (number % 2 == 0)
            {
                await connection.AcceptAsync();
                await connection.ReadRequestAsync();
                // In a frame of the right length, so that what is inside is looked at.
                await connection.WriteAsync(FakeConnection.Header(1, ErrorCode.Ok).Raw(garbage));
            }

            await connection.WriteRawAsync(garbage);
            await connection.HangAsync();
        });
        for (int round = 0; round < 20; round++)
        {
            await using ZooKeeperRegistry registry = Open($"{server.Address}?timeout=0.15");
            await FailsAsync(registry, RpcStatusCode.Unavailable);
        }
    }

    [Fact]
    public async Task A_server_that_drips_its_answer_is_left_for_another()
    {
        await using FakeServer dripping = new(async (connection, _) =>
        {
            await connection.AcceptAsync();
            await connection.ReadRequestAsync();
            byte[] answer = Frame(FakeConnection.Header(1, ErrorCode.NoNode));
            // The last byte never comes, and something comes all the time.
            for (int i = 0; i < answer.Length - 1; i++)
            {
                await connection.WriteRawAsync(answer.AsMemory(i, 1));
                await Task.Delay(50, connection.Stop);
            }

            await connection.HangAsync();
        });
        await using FakeServer right = new(AnswerNoNodeAsync);
        await using (ZooKeeperRegistry both = Open($"{dripping.Address},{right.Address}?timeout=4"))
        {
            await FailsAsync(both, RpcStatusCode.NotFound);
        }

        await using ZooKeeperRegistry alone = Open($"{dripping.Address}?timeout=0.5");
        await FailsAsync(alone, RpcStatusCode.Unavailable);
    }

    [Fact]
    public async Task A_server_that_answers_pings_alone_is_left_for_another()
    {
        await using FakeServer busy = new(async (connection, _) =>
        {
            await connection.AcceptAsync(timeout: 150);
            await connection.ReadRequestAsync();
            while (true) await connection.ReadRequestAsync();
        });
        await using ZooKeeperRegistry alone = Open($"{busy.Address}?timeout=0.5");
        await FailsAsync(alone, RpcStatusCode.Unavailable);
        await FailsAsync(alone, RpcStatusCode.Unavailable);
        Assert.True(busy.Connections > 1, "The connection was kept.");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_the_handshake_is_left_for_another()
    {
        await using FakeServer silent = new(static (connection, _) => connection.HangAsync());
        await using FakeServer right = new(AnswerNoNodeAsync);
        for (int round = 0; round < 3; round++)
        {
            await using ZooKeeperRegistry registry = Open($"{silent.Address},{right.Address}?timeout=4");
            await FailsAsync(registry, RpcStatusCode.NotFound);
        }
    }

    /// <summary>As a real one does to who comes in the moment between its beginning to listen and its beginning to serve.</summary>
    [Fact]
    public async Task A_server_that_never_answers_its_first_handshake_is_tried_again_within_the_operation()
    {
        await using FakeServer starting = new(
            (connection, number) => number == 1 ? connection.HangAsync() : AnswerNoNodeAsync(connection, number));
        await using ZooKeeperRegistry registry = Open($"{starting.Address}?timeout=15");
        await FailsAsync(registry, RpcStatusCode.NotFound);
    }

    [Fact]
    public async Task A_session_that_a_server_calls_expired_is_begun_anew_and_a_watch_says_all_again()
    {
        int sessions = 0;
        TaskCompletionSource cut = new();
        await using FakeServer server = new(async (connection, number) =>
        {
            await connection.ReadHelloAsync();
            if (connection.AskedSession != 0)
            {
                await connection.WriteAsync(FakeConnection.Hello(0, 0));
                return;
            }

            await connection.WriteAsync(FakeConnection.Hello(100 + Interlocked.Increment(ref sessions), 10_000));
            Task serving = AnswerAllAsync(connection);
            if (number == 1) await Task.WhenAny(serving, cut.Task);
            else await serving;
        });
        await using ZooKeeperRegistry registry = Open(server.Address);
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync("s").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
        Assert.Equal(101, registry.Session.SessionId);
        cut.SetResult();
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
        Assert.Equal(RegistryEventKind.Snapshot, watch.Current.Kind);
        Assert.Equal(102, registry.Session.SessionId);
    }

    [Fact]
    public async Task A_session_that_begins_as_expired_or_as_another_one_is_an_error()
    {
        await using FakeServer expired = new(static (connection, _) => connection.AcceptAsync(session: 7, timeout: 0));
        await using (ZooKeeperRegistry registry = Open($"{expired.Address}?timeout=0.4"))
        {
            RpcException error = await FailsAsync(registry, RpcStatusCode.Unavailable);
            Assert.Contains("expired", error.Message, StringComparison.Ordinal);
        }

        await using FakeServer nameless = new(static (connection, _) => connection.AcceptAsync(session: 0));
        await using ZooKeeperRegistry other = Open($"{nameless.Address}?timeout=0.4");
        Assert.Contains("no number", (await FailsAsync(other, RpcStatusCode.Unavailable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_to_live_that_comes_while_a_connection_is_made_is_asked_for_over_the_next_one()
    {
        TaskCompletionSource connecting = new();
        TaskCompletionSource registering = new();
        List<(int Timeout, long Session)> asked = [];
        await using FakeServer server = new(async (connection, number) =>
        {
            await connection.ReadHelloAsync();
            asked.Add((connection.AskedTimeout, connection.AskedSession));
            if (number == 1)
            {
                connecting.SetResult();
                await registering.Task;
            }

            await connection.WriteAsync(FakeConnection.Hello(7, connection.AskedTimeout));
            await AnswerAllAsync(connection);
        });
        await using ZooKeeperRegistry registry = Open($"{server.Address}?timeout=20");
        Task<RpcException> reading = FailsAsync(registry, RpcStatusCode.NotFound);
        await connecting.Task.WaitAsync(s_patience);
        using CancellationTokenSource stop = new();
        Task register = registry.RegisterAsync(
            new ServiceRecord("s") { Nodes = [new ServiceNode("n", "tcp://h:1")] },
            new RegisterOptions { TimeToLive = TimeSpan.FromSeconds(3) },
            stop.Token).AsTask();
        registering.SetResult();
        await reading;
        Assert.Equal([(30_000, 0L), (3_000, 7L)], asked);
        // This server has no nodes, so a registration never ends by itself.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => register.WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_refused_credential_is_unauthenticated_at_once()
    {
        await using FakeServer server = new(static async (connection, _) =>
        {
            await connection.AcceptAsync();
            Assert.Equal(OpCode.Auth, (await connection.ReadRequestAsync()).Op);
            await connection.WriteAsync(FakeConnection.Header(Xid.Auth, ErrorCode.AuthFailed));
        });
        await using ZooKeeperRegistry registry = Open($"me:wrong@{server.Address}");
        await FailsAsync(registry, RpcStatusCode.Unauthenticated);
    }

    [Fact]
    public async Task A_watch_fails_when_no_server_comes_back_in_time()
    {
        TaskCompletionSource cut = new();
        FakeServer server = new(async (connection, _) =>
        {
            await connection.AcceptAsync();
            await Task.WhenAny(AnswerAllAsync(connection), cut.Task);
        });
        await using ZooKeeperRegistry registry = Open($"{server.Address}?timeout=0.5");
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync(null).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
        cut.SetResult();
        await server.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(registry.Address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_is_disposed_of_answers_nothing_more_and_ends_its_watches()
    {
        await using FakeServer server = new(static async (connection, _) =>
        {
            await connection.AcceptAsync();
            await AnswerAllAsync(connection);
        });
        ZooKeeperRegistry registry = Open(server.Address);
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync("s").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(s_patience));
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await registry.DisposeAsync();
        await registry.DisposeAsync();
        await Assert.ThrowsAsync<RpcException>(() => next.WaitAsync(s_patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => registry.GetServiceAsync("s").AsTask());
    }

    private static byte[] Frame(JuteWriter body) => new JuteWriter().Buffer(body.Written.Span).ToArray();

    private static ZooKeeperRegistry Open(string rest) => ZooKeeperFixture.Open($"zookeeper://{rest}");

    private static async Task AnswerNoNodeAsync(FakeConnection connection, int number)
    {
        await connection.AcceptAsync();
        await AnswerAllAsync(connection);
    }

    /// <summary>Answers everything with "there is no such node", but the end of the session.</summary>
    private static async Task AnswerAllAsync(FakeConnection connection)
    {
        while (true)
        {
            (int xid, OpCode op, _) = await connection.ReadRequestAsync();
            await connection.WriteAsync(FakeConnection.Header(xid, op == OpCode.CloseSession ? ErrorCode.Ok : ErrorCode.NoNode));
        }
    }

    private static async Task<RpcException> FailsAsync(ZooKeeperRegistry registry, params RpcStatusCode[] codes)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("s").AsTask().WaitAsync(s_patience));
        Assert.True(codes.Contains(error.Code), error.ToString());
        return error;
    }
}
