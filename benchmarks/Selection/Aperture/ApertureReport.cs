using System.Globalization;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Benchmarks.Selection.Aperture;

/// <summary>The table of docs/selection.md.</summary>
internal static class ApertureReport
{
    private const int Clients = 1000;
    private const int Servers = 1000;
    private const int Replaced = 100;
    private const int Seed = 20260601;

    public static async Task<int> RunAsync()
    {
        Console.WriteLine($"{Clients:N0} clients, {Servers:N0} servers, {Replaced:N0} of them replaced, 10 at a time or all at once");
        Console.WriteLine("| clients know | servers are replaced | connections a client: mean, most | busiest, idlest server / mean | connections opened anew |");
        Console.WriteLine("|---|---|---|---|---|");
        Func<int, AperturePeers> indexed = static client => new AperturePeers(client, Clients);
        bool holds = await PrintAsync("their number", "by others", 16, indexed, batch: 10, inPlace: false).ConfigureAwait(false);
        holds &= await PrintAsync("their number", "by others, all at once", 16, indexed, batch: Replaced, inPlace: false).ConfigureAwait(false);
        holds &= await PrintAsync("their number", "in place", 16, indexed, batch: 10, inPlace: true).ConfigureAwait(false);
        await PrintAsync("only themselves", "by others", 16, static client => AperturePeers.FromHash($"client-{client}"), batch: 10, inPlace: false)
            .ConfigureAwait(false);
        Console.WriteLine(holds
            ? "Clients that know their number have at most 20 connections, and the busiest server at most 1.25 times the mean load, all the time."
            : "NOT TRUE: at most 20 connections, and at most 1.25 times the mean load.");
        return holds ? 0 : 1;
    }

    private static async Task<bool> PrintAsync(string know, string how, int size, Func<int, AperturePeers> peers, int batch, bool inPlace)
    {
        ApertureSimulation simulation = new(Clients, Servers, size, peers);
        AperturePhase[] phases = await simulation.RunAsync(simulation.Replace(Replaced, batch, inPlace, Seed)).ConfigureAwait(false);
        int most = phases.Max(static phase => phase.MaxConnections);
        double busiest = phases.Max(static phase => phase.Busiest);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {know} | {how} | {phases.Average(static phase => phase.MeanConnections):0.0}, {most} | {busiest:0.00}, {phases.Min(static phase => phase.Idlest):0.00} | {phases.Skip(1).Sum(static phase => phase.Opened):N0} of {phases[0].Opened:N0} |"));
        return most <= 20 && busiest <= 1.25;
    }
}
