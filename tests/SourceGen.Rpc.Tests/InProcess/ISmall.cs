namespace SourceGen.Rpc.Tests.InProcess;

/// <summary>What tests of calls within the process need beside <see cref="Support.ILab"/>.</summary>
[Service(Name = "Tests.Small")]
public partial interface ISmall
{
    ValueTask<int> NumberAsync();

    /// <summary>Adds to the list that it was given, and returns it.</summary>
    ValueTask<List<int>> AddToAsync(List<int> numbers, int number);

    /// <summary>The thread that the handler runs on.</summary>
    ValueTask<int> ThreadAsync();

    IAsyncEnumerable<int> CountAsync(int count);
}
