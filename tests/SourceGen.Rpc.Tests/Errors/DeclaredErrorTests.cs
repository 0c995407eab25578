using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Errors;

/// <summary>What callers get of errors that a contract declares, and of those it does not.</summary>
public sealed class DeclaredErrorTests
{
    [Theory]
    [InlineData("msgpack")]
    [InlineData("json")]
    public async Task A_detail_arrives_typed(string codec)
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("detail", static () =>
            new RpcException(RpcStatusCode.OutOfRange, "no", "shop.short", 7).WithDetail(new Shortage("pen", [1, 2])));
        IShop shop = (await host.ConnectAsync(codec)).Get<IShop>();

        RpcException order = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("detail").Soon());
        RpcException pay = await Assert.ThrowsAsync<RpcException>(() => shop.PayAsync("detail").Soon());

        foreach (RpcException error in (RpcException[])[order, pay])
        {
            Assert.Equal((RpcStatusCode.OutOfRange, "no", "shop.short", 7), (error.Code, error.Message, error.Id, error.Status));
            Assert.True(error.TryGetDetail(out Shortage? shortage));
            Assert.Equal("pen", shortage.Sku);
            Assert.Equal([1, 2], shortage.Left);
            Assert.Equal("SourceGen.Rpc.Tests.Errors.Shortage", error.DetailType);
            Assert.False(error.TryGetDetail(out string? _));
        }
    }

    [Theory]
    [InlineData("msgpack")]
    [InlineData("json")]
    public async Task A_declared_exception_arrives_as_itself(string codec)
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("out", static () =>
            new OutOfStockException("\"pen\"", 3, new IOException()) { Shop = "here", Alternatives = ["pencil", "quill"] });
        IShop shop = (await host.ConnectAsync(codec)).Get<IShop>();

        OutOfStockException error = await Assert.ThrowsAsync<OutOfStockException>(() => shop.OrderAsync("out").Soon());

        Assert.Equal(("\"pen\"", 3, "here", "Only 3 of \"pen\" left"), (error.Sku, error.Left, error.Shop, error.Message));
        Assert.Equal(["pencil", "quill"], error.Alternatives);
        Assert.False(error.HasCause);
        Assert.DoesNotContain(nameof(ShopHost), error.StackTrace, StringComparison.Ordinal);
        RpcException origin = Assert.IsType<RpcException>(error.GetRemoteError());
        Assert.Equal((RpcStatusCode.NotFound, error.Message, RpcCallProgress.Answered), (origin.Code, origin.Message, origin.Progress));
        Assert.Null(new OutOfStockException("", 0).GetRemoteError());
        Assert.DoesNotContain("failed", host.Log.All(), StringComparison.Ordinal);
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Theory]
    [InlineData("msgpack")]
    [InlineData("json")]
    public async Task A_declared_exception_that_is_an_RpcException_brings_its_own_code(string codec)
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("closed", static () => new ClosedException("closed", DateTimeOffset.UnixEpoch));
        IShop shop = (await host.ConnectAsync(codec)).Get<IShop>();

        ClosedException error = await Assert.ThrowsAsync<ClosedException>(() => shop.OrderAsync("closed").Soon());

        Assert.Equal((RpcStatusCode.Unavailable, "closed", DateTimeOffset.UnixEpoch), (error.Code, error.Message, error.Until));
        Assert.Equal(RpcStatusCode.Unavailable, error.GetRemoteError()!.Code);
    }

    [Fact]
    public async Task The_most_derived_declared_type_matches()
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("out", static () => new OutOfStockException("pen", 3) { Shop = "here" });
        host.On("burglary", static () => new BurglaryException("gone") { Shop = "there" });
        host.On("bad", static () => new RpcException(RpcStatusCode.NotFound, "no").WithDetail(new BadShortage("pen", [4], "broken")));
        IShop shop = (await host.ConnectAsync()).Get<IShop>();

        // Order declares both types, Pay only the base.
        Assert.IsType<OutOfStockException>(await Assert.ThrowsAnyAsync<ShopException>(() => shop.OrderAsync("out").Soon()));
        ShopException paying = await Assert.ThrowsAsync<ShopException>(() => shop.PayAsync("out").Soon());
        Assert.Equal(("here", "Only 3 of pen left", RpcStatusCode.Aborted), (paying.Shop, paying.Message, paying.GetRemoteError()!.Code));
        ShopException burglary = await Assert.ThrowsAsync<ShopException>(() => shop.OrderAsync("burglary").Soon());
        Assert.Equal(("there", "gone"), (burglary.Shop, burglary.Message));
        RpcException bad = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("bad").Soon());
        Assert.True(bad.TryGetDetail(out Shortage? shortage));
        Assert.IsType<Shortage>(shortage);
        Assert.Equal(4, Assert.Single(shortage.Left));
    }

    [Fact]
    public async Task A_client_with_an_older_contract_gets_code_and_message()
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("out", static () => new OutOfStockException("pen", 3));
        host.On("detail", static () => new RpcException(RpcStatusCode.OutOfRange, "no").WithDetail(new Shortage("pen", [1])));
        IOldShop shop = (await host.ConnectAsync()).Get<IOldShop>();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("out").Soon());
        RpcException detail = await Assert.ThrowsAsync<RpcException>(() => shop.PayAsync("detail").Soon());

        Assert.Equal((RpcStatusCode.NotFound, "Only 3 of pen left"), (exception.Code, exception.Message));
        Assert.Equal("SourceGen.Rpc.Tests.Errors.OutOfStockException", exception.DetailType);
        Assert.Equal((RpcStatusCode.OutOfRange, "no"), (detail.Code, detail.Message));
        Assert.Equal("SourceGen.Rpc.Tests.Errors.Shortage", detail.DetailType);
        Assert.Null(detail.DetailValue);
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Fact]
    public async Task An_undeclared_detail_is_left_out_and_the_log_says_what_to_add()
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("detail", static () => new RpcException(RpcStatusCode.OutOfRange, "no").WithDetail("text"));
        IShop shop = (await host.ConnectAsync()).Get<IShop>();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("detail").Soon());

        Assert.Equal((RpcStatusCode.OutOfRange, "no", ""), (error.Code, error.Message, error.DetailType));
        Assert.Contains("add [Throws<String>]", await host.Log.WaitForAsync("Tests.Shop/Order"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("msgpack")]
    [InlineData("json")]
    public async Task An_exception_that_cannot_be_written_arrives_as_code_and_message(string codec)
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("hostile", static () => new HostileException { Number = HostileException.CannotBeWritten });
        IShop shop = (await host.ConnectAsync(codec)).Get<IShop>();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("hostile").Soon());

        Assert.Equal((RpcStatusCode.FailedPrecondition, "hostile", ""), (error.Code, error.Message, error.DetailType));
        Assert.Contains("the getter throws", await host.Log.WaitForAsync("cannot be serialized"), StringComparison.Ordinal);
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Fact]
    public async Task An_exception_that_cannot_be_read_arrives_as_code_and_message()
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("hostile", static () =>
        {
            HostileException.IsArmed = false;
            HostileException thrown = new() { Number = HostileException.CannotBeRead };
            HostileException.IsArmed = true;
            return thrown;
        });
        IShop shop = (await host.ConnectAsync()).Get<IShop>();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("hostile").Soon());

        Assert.Equal((RpcStatusCode.FailedPrecondition, "hostile"), (error.Code, error.Message));
        Assert.Equal("SourceGen.Rpc.Tests.Errors.HostileException", error.DetailType);
        Assert.Contains("the setter throws", await host.ClientLog.WaitForAsync("cannot be read"), StringComparison.Ordinal);
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Fact]
    public async Task A_detail_of_several_fragments_arrives_and_one_beyond_the_limit_is_left_out()
    {
        await using ShopHost host = await ShopHost.StartAsync(static options => options.Limits.FragmentSize = 16 * 1024);
        string large = new('x', 50_000);
        host.On("large", () => new RpcException(RpcStatusCode.NotFound, "large").WithDetail(new Shortage(large, [])));
        string huge = new('x', 70_000);
        host.On("huge", () => new RpcException(RpcStatusCode.NotFound, "huge").WithDetail(new Shortage(huge, [])));
        IShop shop = (await host.ConnectAsync()).Get<IShop>();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("large").Soon());
        Assert.True(error.TryGetDetail(out Shortage? shortage));
        Assert.Equal(large, shortage.Sku);
        error = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("huge").Soon());
        Assert.Equal((RpcStatusCode.NotFound, "huge", ""), (error.Code, error.Message, error.DetailType));
        await host.Log.WaitForAsync("at most 65,536 are sent with an error");
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(40_000)]
    public async Task A_detail_that_the_peer_would_not_accept_is_left_out(int size)
    {
        // Below and above a fragment, which the error outgrows while it is written.
        await using ShopHost host = await ShopHost.StartAsync(static options => options.Limits.FragmentSize = 16 * 1024);
        host.On("large", () => new RpcException(RpcStatusCode.NotFound, "large").WithDetail(new Shortage(new string('x', size), [])));
        IShop shop = (await host.ConnectAsync(configure: static options => options.Limits.MaxMessageSize = 4096)).Get<IShop>();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.OrderAsync("large").Soon());

        Assert.Equal((RpcStatusCode.NotFound, "large", ""), (error.Code, error.Message, error.DetailType));
        await host.Log.WaitForAsync("accepts at most 4096 bytes");
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Fact]
    public async Task What_a_one_way_method_throws_stays_in_the_log()
    {
        await using ShopHost host = await ShopHost.StartAsync();
        host.On("note", static () => new ShopException("for the log"));
        IShop shop = (await host.ConnectAsync()).Get<IShop>();

        await shop.NoteAsync("note").Soon();

        Assert.Contains("for the log", await host.Log.WaitForAsync("Tests.Shop/Note failed"), StringComparison.Ordinal);
        Assert.Equal(3, await shop.OrderAsync("abc").Soon());
    }

    [Fact]
    public async Task A_codec_without_a_declared_type_fails_when_the_server_starts()
    {
        RpcServerOptions options = new RpcServerOptions().Listen("memory://");
        options.Codecs.Add(new JsonCodec(Support.LabJson.Default));
        await using RpcServer server = new RpcServer(options).AddService<IShop>(new ShopHost());

        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(() => server.StartAsync());

        Assert.Contains("[JsonSerializable(typeof(", error.Message, StringComparison.Ordinal);
    }
}
