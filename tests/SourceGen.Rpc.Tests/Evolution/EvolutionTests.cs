using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Evolution;

/// <summary>
/// The rules of docs/evolution.md: an old client calls a new server, and a new client an old one. The servers give back what they got,
/// so each direction shows both ways.
/// </summary>
public sealed class EvolutionTests : IAsyncLifetime
{
    private readonly Old.Store _oldStore = new();
    private readonly New.Store _newStore = new();
    private readonly List<IAsyncDisposable> _running = [];
    private Old.IStore _old = null!;
    private New.IStore _new = null!;

    public async Task InitializeAsync()
    {
        _old = (await ConnectAsync(static (server, store) => server.AddService<New.IStore>(store), _newStore)).Get<Old.IStore>();
        _new = (await ConnectAsync(static (server, store) => server.AddService<Old.IStore>(store), _oldStore)).Get<New.IStore>();
    }

    public async Task DisposeAsync()
    {
        for (int i = _running.Count - 1; i >= 0; i--) await _running[i].DisposeAsync().Soon();
    }

    [Fact]
    public async Task Members_of_a_map_are_added_removed_renamed_and_reordered_old_to_new()
    {
        Old.Thing sent = new() { A = 5, Removed = "r", Name = "n", Nullable = 6, NotNullable = 7, Part = new(8) };

        Old.Thing back = await _old.ThingAsync(sent).Soon();

        Assert.Equal(
            new New.Item { A = 5, Label = "n", Nullable = 6, NotNullable = 7, Part = new(8, 7), Added = ["default"] }, _newStore.Received);

        // What the new side does not know is gone, and the initializer stands for it; what the old one does not know is kept.
        Assert.Equal("kept", back.Removed);
        Assert.Equal(1, back.Extra!.Count);
        Assert.Equal(sent with { Removed = "kept" }, back with { Extra = null });
    }

    [Fact]
    public async Task Members_of_a_map_are_added_removed_renamed_and_reordered_new_to_old()
    {
        New.Item sent = new() { A = 5, Label = "n", Nullable = 6, NotNullable = 7, Part = new(8, 9), Added = ["a", "b"] };

        New.Item back = await _new.ThingAsync(sent).Soon();

        Old.Thing received = (Old.Thing)_oldStore.Received!;
        Assert.Equal((5, "kept", "n", 6, 7, 8), (received.A, received.Removed, received.Name, received.Nullable, received.NotNullable,
            received.Part!.X));

        // The old side opted in to keep what it does not know; its part did not.
        Assert.Equal(1, received.Extra!.Count);
        Assert.Equal(sent with { Part = new(8, 7) }, back);
    }

    [Fact]
    public async Task Members_of_an_array_are_added_and_removed()
    {
        Old.Row old = await _old.RowAsync(new Old.Row { A = 1, Removed = "r", Nullable = 2, NotNullable = 5 }).Soon();
        Assert.Equal(new New.Row { A = 1, Nullable = 2, NotNullable = 5 }, _newStore.Received);
        Assert.Equal(new Old.Row { A = 1, Nullable = 2, NotNullable = 5 }, old);

        New.Row sent = new() { A = 1, Nullable = 2, NotNullable = 5, Added = "added" };
        Assert.Equal(sent, await _new.RowAsync(sent).Soon());
        Assert.Equal(1, ((Old.Row)_oldStore.Received!).Extra!.Count);
    }

    [Fact]
    public async Task Without_a_place_for_them_unknown_members_are_lost_on_the_way()
    {
        New.Strict back = await _new.StrictAsync(new New.Strict(1, 2, 3, "added")).Soon();

        Assert.Equal(new New.Strict(1, 2, 3, "default"), back);
    }

    [Fact]
    public async Task Null_for_what_is_not_nullable_is_missing_in_an_array_and_an_error_in_a_map()
    {
        // In an array nil is also what stands in a gap.
        await _old.RowAsync(new Old.Row { Nullable = null }).Soon();
        Assert.Equal(4, ((New.Row)_newStore.Received!).Nullable);

        await AssertUnreadableAsync(() => _old.StrictAsync(new Old.Strict(1, null)), "nil");
        await AssertUnreadableAsync(() => _new.StrictAsync(new New.Strict(1, 2, null)), "nil");
        Assert.Equal(new Old.Strict(1, 2), await _old.StrictAsync(new Old.Strict(1, 2)).Soon());
    }

    [Fact]
    public async Task Numbers_get_wider_and_what_does_not_fit_is_an_error_that_names_it()
    {
        Old.Numbers old = new(int.MinValue, 1.5f, 255);
        Assert.Equal(old, await _old.NumbersAsync(old).Soon());
        Assert.Equal(new New.Numbers(int.MinValue, 1.5, 255), _newStore.Received);

        New.Numbers fits = new(-5, 0.25, 0);
        Assert.Equal(fits, await _new.NumbersAsync(fits).Soon());
        await AssertUnreadableAsync(() => _new.NumbersAsync(new New.Numbers(1L << 31, 0, 0)), "2147483648");
        await AssertUnreadableAsync(() => _new.NumbersAsync(new New.Numbers(0, 0, 256)), "256");
        await AssertUnreadableAsync(() => _new.NumbersAsync(new New.Numbers(0, 0, -1)), "-1");

        // Rounded, as a cast does.
        Assert.Equal((double)(float)0.1, (await _new.NumbersAsync(new New.Numbers(0, 0.1, 0)).Soon()).Real);
    }

    [Fact]
    public async Task Enum_values_that_one_side_does_not_know_are_kept_if_its_type_holds_them()
    {
        Assert.Equal(New.Color.Blue, await _new.ColorAsync(New.Color.Blue).Soon());
        Assert.Equal((Old.Color)2, _oldStore.Received);
        Assert.Equal((Old.Color)200, await _old.ColorAsync((Old.Color)200).Soon());
        await AssertUnreadableAsync(() => _new.ColorAsync(New.Color.Far), "1000");
    }

    [Fact]
    public async Task Union_cases_are_added_and_removed_and_an_unknown_one_is_an_error_that_names_it()
    {
        Assert.Equal(new Old.Line(3), await _old.ShapeAsync(new Old.Line(3)).Soon());
        Assert.Equal(new New.Line(3, 1), _newStore.Received);
        Assert.Equal(new New.Line(3, 1), await _new.ShapeAsync(new New.Line(3, 2)).Soon());

        await AssertUnreadableAsync(
            () => _new.ShapeAsync(new New.Square(1)), "The tag 2", "Old.IShape", "0 (SourceGen.Rpc.Tests.Evolution.Old.Circle)");
        await AssertUnreadableAsync(() => _old.ShapeAsync(new Old.Circle(1)), "The tag 0", "New.IShape");
    }

    [Fact]
    public async Task An_unknown_case_in_a_result_is_an_error_at_the_client()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _old.PickAsync().Soon());
        Assert.Equal((RpcStatusCode.Internal, RpcCallProgress.Answered), (error.Code, error.Progress));
        Assert.Contains("The result of Evolution.Store/Pick", error.Message, StringComparison.Ordinal);
        Assert.Contains("The tag 2", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<RpcException>(() => _new.PickAsync().Soon());
        Assert.Contains("The tag 0", error.Message, StringComparison.Ordinal);
        Assert.Equal(new Old.Line(3), await _old.ShapeAsync(new Old.Line(3)).Soon());
    }

    [Fact]
    public async Task An_unknown_case_passes_through_a_side_with_a_fallback()
    {
        New.IEvent sent = new New.Closed(4, "done");

        Assert.Equal(sent, await _new.EventAsync(sent).Soon());

        Assert.Equal(1, ((Old.OtherEvent)_oldStore.Received!).Case.Tag);
        Assert.Equal(new Old.Opened(1), await _old.EventAsync(new Old.Opened(1)).Soon());
    }

    [Fact]
    public async Task Parameters_with_defaults_are_added_and_parameters_are_removed_from_the_end()
    {
        Assert.Equal("1, 5, null", await _old.MoreParametersAsync(1).Soon());
        Assert.Equal("1", await _new.MoreParametersAsync(1, 2, "c").Soon());
        Assert.Equal("1", await _old.FewerParametersAsync(1, 2).Soon());
        await AssertDiffersAsync(
            () => _new.FewerParametersAsync(1), "Evolution.Store/FewerParameters differs", "'b' is missing here, and", "has no default");
    }

    [Fact]
    public async Task A_parameter_without_a_default_is_not_added()
    {
        await AssertDiffersAsync(() => _old.RequiredParameterAsync(1), "'b' is missing here, and", "has no default");
        Assert.Equal("1", await _new.RequiredParameterAsync(1, 2).Soon());
    }

    [Fact]
    public async Task Methods_are_added_and_a_missing_one_fails_alone()
    {
        await AssertDiffersAsync(() => _new.AddedAsync(), "has no method Evolution.Store/Added");
        await AssertDiffersAsync(() => _old.RemovedAsync(), "has no method Evolution.Store/Removed");
        Assert.Equal(New.Color.Red, await _new.ColorAsync(New.Color.Red).Soon());
        Assert.Equal(Old.Color.Red, await _old.ColorAsync(Old.Color.Red).Soon());
    }

    [Fact]
    public async Task Another_kind_of_value_fails_the_method_before_anything_is_sent()
    {
        await AssertDiffersAsync(() => _old.KindAsync(1), "'value' is int32 here and string at");
        await AssertDiffersAsync(() => _new.KindAsync("x"), "'value' is string here and int32 at");
        await AssertDiffersAsync(
            () => _old.PriceAsync(new(1)), "'price' is the custom format price/1 here and the custom format price/2 at");
        await AssertDiffersAsync(() => _new.PriceAsync(new("1")), "'price' is the custom format price/2 here and");
    }

    [Fact]
    public async Task Items_of_a_stream_change_as_values_do_and_a_stream_stays_one()
    {
        List<int> old = [], added = [];
        await foreach (Old.Thing thing in _old.ItemsAsync(3)) old.Add(thing.A);
        await foreach (New.Item item in _new.ItemsAsync(2)) added.Add(item.A);
        Assert.Equal([0, 1, 2, 0, 1], old.Concat(added));

        await AssertDiffersAsync(
            async () =>
            {
                await foreach (int _ in _old.ListAsync()) Assert.Fail("An item came.");
                return 0;
            },
            "the result is a stream here and none at");
        await AssertDiffersAsync(() => _new.ListAsync(), "the result is no stream here and one at");
    }

    private async Task<RpcClient> ConnectAsync<TStore>(Action<RpcServer, TStore> add, TStore store)
    {
        RpcServer server = new(new RpcServerOptions().Listen("memory://"));
        _running.Add(server);
        add(server, store);
        await server.StartAsync().Soon();
        RpcClient client = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), LabHost.Patient()).Soon();
        _running.Add(client);
        return client;
    }

    /// <summary>A value that the other side, or this one, cannot read: the call fails, and the connection goes on.</summary>
    private static async Task AssertUnreadableAsync<T>(Func<ValueTask<T>> call, params string[] parts)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call().Soon());
        Assert.Equal((RpcStatusCode.InvalidArgument, RpcCallProgress.Refused), (error.Code, error.Progress));
        foreach (string part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertDiffersAsync<T>(Func<ValueTask<T>> call, params string[] parts)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call().Soon());
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (error.Code, error.Progress));
        foreach (string part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
