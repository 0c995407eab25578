namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>Why messages were handled more often than they were to be.</summary>
/// <param name="Marked">The engine said so, by <see cref="PubSub.IncomingMessage.Deliveries"/>: it was given to a subscriber before.</param>
/// <param name="PublishedAgain">The publisher got an error instead of a confirmation, and published it again.</param>
/// <param name="Forgotten">The engine was killed between publishing and this time, and does not know that it had delivered it.</param>
/// <param name="Unexplained">Nothing of this.</param>
internal readonly record struct DuplicateCounts(int Marked, int PublishedAgain, int Forgotten, int Unexplained)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Marked:N0} that the engine marked, {PublishedAgain:N0} of those published again, {Forgotten:N0} that the engine forgot it had delivered, {Unexplained:N0} unexplained";
}
