namespace SourceGen.Rpc.Generators.Tests;

/// <summary>
/// Compares text with a file under Approved/. What differs is written next to it as *.received.txt, to be looked at and renamed.
/// </summary>
internal static class Approved
{
    public static void Verify(string name, string received)
    {
        string approvedFile = Path.Combine(ContractFiles.ProjectDirectory, "Approved", name + ".approved.txt");
        string receivedFile = Path.Combine(ContractFiles.ProjectDirectory, "Approved", name + ".received.txt");
        string approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        if (approved == received)
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received);
        Assert.Fail($"{FirstDifference(approved, received)}\nThe whole text is in {receivedFile}; rename it to "
            + $"{Path.GetFileName(approvedFile)} if it is right.");
    }

    private static string FirstDifference(string approved, string received)
    {
        string[] old = approved.Split('\n');
        string[] now = received.Split('\n');
        int line = 0;
        while (line < old.Length && line < now.Length && old[line] == now[line]) line++;
        string before = line < old.Length ? old[line] : "(end)";
        string after = line < now.Length ? now[line] : "(end)";
        return $"Line {line + 1} differs.\n  approved: {before}\n  received: {after}";
    }
}
