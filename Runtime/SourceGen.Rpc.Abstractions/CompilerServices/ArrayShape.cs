namespace SourceGen.Rpc.CompilerServices;

/// <summary>Checks the lengths of an array of several dimensions before it is made.</summary>
public static class ArrayShape
{
    /// <summary>Checks that the lengths are none that a peer made up, and go with the number of elements.</summary>
    /// <param name="type">The array's type, as the error names it.</param>
    /// <param name="count">How many elements the data has.</param>
    /// <param name="offset">The offset behind the header of the elements.</param>
    /// <param name="lengths">The length of each dimension.</param>
    /// <exception cref="RpcSerializationException">
    /// A length is negative, or they are not those of an array of that many elements.
    /// </exception>
    public static void Check(string type, int count, long offset, params ReadOnlySpan<int> lengths)
    {
        // The product of all but the zeros too: the runtime multiplies them before it sees that there are no elements.
        long elements = 1;
        long product = 1;
        foreach (int length in lengths)
        {
            elements *= length;
            product *= Math.Max(1, length);
            if (length < 0 || product > Array.MaxLength) Throw(type, count, offset, lengths);
        }

        if (elements != count) Throw(type, count, offset, lengths);
    }

    private static void Throw(string type, int count, long offset, ReadOnlySpan<int> lengths) =>
        throw new RpcSerializationException(
            $"The lengths of '{type}' before offset {offset} are {string.Join(" x ", lengths.ToArray())}, which is no array of the "
            + $"{count} elements that follow.");
}
