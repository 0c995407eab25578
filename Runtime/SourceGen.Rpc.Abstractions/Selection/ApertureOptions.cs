namespace SourceGen.Rpc.Selection;

/// <summary>
/// Which part of a large fleet of servers a client calls, so that not every client has a connection to every server. It takes effect when
/// there are more nodes than <see cref="Size"/>.
/// </summary>
public sealed class ApertureOptions
{
    /// <summary>
    /// How many nodes a client calls, at least; one or two more where its range of the ring begins and ends within a node, and as many more as
    /// it takes when there are so few clients that some nodes would get no calls otherwise. Default: 16.
    /// </summary>
    public int Size { get; set; } = 16;

    /// <summary>Which of how many clients this one is.</summary>
    public required AperturePeers Peers { get; set; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Size is < 1 or > 1_000_000)
        {
            throw new ArgumentException($"{nameof(SelectorOptions.Aperture)}.{nameof(Size)} is {Size}; it must be from 1 to 1,000,000.");
        }

        ArgumentNullException.ThrowIfNull(Peers);
    }

    internal ApertureOptions Copy() => (ApertureOptions)MemberwiseClone();
}
