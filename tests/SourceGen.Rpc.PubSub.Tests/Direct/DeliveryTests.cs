using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.PubSub.Direct;

namespace SourceGen.Rpc.PubSub.Tests.Direct;

/// <summary>The service that takes messages, called by those who are no brokers, or no honest ones.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task WhatIsNoBatchIsRefusedByName_AndTheServerServesOn()
    {
        await using DirectLab lab = new();
        DirectBroker broker = await lab.ConnectAsync();
        Inbox inbox = new();
        await broker.SubscribeAsync("t", inbox.HandleAsync);
        byte[] whole = Batch(1, 0, 1, "t", "x");
        await using RpcClient client = RpcClient.Create(broker.Server!.Addresses[0].ToString());
        IDelivery delivery = client.Get<IDelivery>();
        for (int length = 0; length < whole.Length; length++) await RefusedAsync(delivery, whole[..length], length == 1 ? null : "malformed");
        await RefusedAsync(delivery, [9], "version 9");
        await RefusedAsync(delivery, Batch(1, uint.MaxValue, 1, "t", "x"), "the tag");
        await RefusedAsync(delivery, Batch(1, 0, 0, "t", "x"), "number of deliveries");
        await RefusedAsync(delivery, Batch(1, 0, 1, "a b", "x"), "a topic that is none");
        Random random = new(20_261_121);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            if (i % 2 == 0) bytes[0] = DeliveryFormat.Version;
            await RefusedAsync(delivery, bytes, what: null);
        }

        await DirectLab.KnowAsync(broker, "t", 1);
        int before = inbox.Letters.Count;
        await broker.PublishAsync(DirectLab.Message("served"));
        await inbox.WaitAsync(static letters => letters.Any(static letter => letter.Text == "served"), DirectLab.Patience, "the message");
        Assert.Equal(before + 1, inbox.Letters.Count);
    }

    [Fact]
    public async Task WhoSendsMoreThanWasAskedForIsSentAway()
    {
        await using DirectLab lab = new();
        DirectBroker broker = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        await broker.SubscribeAsync("t", DirectLab.Gated(gate).HandleAsync, new SubscriptionOptions { Prefetch = 2 });
        await using RpcClient client = RpcClient.Create(broker.Server!.Addresses[0].ToString());
        byte[] three = [.. Batch(1, 0, 1, "t", "x"), .. Batch(1, 1, 1, "t", "x")[1..], .. Batch(1, 2, 1, "t", "x")[1..]];
        await RefusedAsync(client.Get<IDelivery>(), three, "takes 2 messages at a time");
        gate.SetResult();
    }

    [Fact]
    public async Task AMessageThatKilledTooManyIsADeadLetterBeforeItIsBegunWith()
    {
        await using DirectLab lab = new();
        DirectBroker broker = await lab.ConnectAsync();
        Inbox dead = new();
        Inbox inbox = new();
        await broker.SubscribeAsync("dead", dead.HandleAsync);
        await broker.SubscribeAsync("t", inbox.HandleAsync, new SubscriptionOptions { MaxDeliveries = 2, DeadLetterTopic = "dead" });
        await using RpcClient client = RpcClient.Create(broker.Server!.Addresses[0].ToString());
        byte[]? answer = null;
        await foreach (ReadOnlyMemory<byte> item in client.Get<IDelivery>().DeliverAsync(OnceAsync(Batch(2, 5, 3, "t", "poison"), isOver: false)))
        {
            answer = item.ToArray();
            if (answer.Length < 5) break;
        }

        Assert.Equal([DeliveryFormat.Version, 5 << 2], answer);
        IReadOnlyList<Letter> letters = await dead.WaitAsync(1, DirectLab.Patience);
        Assert.Equal("2", letters[0][MessageHeaderNames.DeadLetterDeliveries]);
        Assert.Empty(inbox.Letters);
    }

    /// <summary>Sends bytes as a batch, and looks at what the call ends with.</summary>
    private static async Task RefusedAsync(IDelivery delivery, byte[] batch, string? what)
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> _ in delivery.DeliverAsync(OnceAsync(batch, isOver: true)))
            {
            }

            Assert.Null(what);
        }
        catch (RpcException e)
        {
            Assert.True(e.Code is RpcStatusCode.InvalidArgument or RpcStatusCode.ResourceExhausted, e.Message);
            if (what is not null) Assert.Contains(what, e.Message, StringComparison.Ordinal);
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> OnceAsync(
        byte[] batch, bool isOver, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return batch;
        if (!isOver) await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static byte[] Batch(uint subscription, uint tag, uint deliveries, string topic, string text)
    {
        OutgoingMessage message = new(topic, System.Text.Encoding.UTF8.GetBytes(text));
        byte[] body = new byte[DeliveryFormat.Measure(in message)];
        DeliveryFormat.Write(in message, body);
        byte[] batch = new byte[DeliveryFormat.MaxHead + 1 + body.Length];
        batch[0] = DeliveryFormat.Version;
        int at = 1;
        foreach (uint number in (uint[])[subscription, tag, deliveries, (uint)body.Length]) at += DeliveryFormat.WriteNumber(batch.AsSpan(at), number);
        body.CopyTo(batch, at);
        return batch[..(at + body.Length)];
    }
}
