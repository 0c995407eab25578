using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>What a debugger learns from a portable pdb: the source files, and where they are.</summary>
internal sealed record Symbols(IReadOnlyDictionary<string, bool> EmbeddedByDocument, IReadOnlyDictionary<string, string> SourceLink)
{
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static Symbols OfPdb(byte[] pdb)
    {
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbImage([.. pdb]);
        return Of(provider.GetMetadataReader());
    }

    /// <summary>Reads the pdb that an assembly carries in itself.</summary>
    public static Symbols OfAssembly(byte[] assembly)
    {
        using PEReader reader = new(ImmutableArray.Create(assembly));
        DebugDirectoryEntry entry = reader.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using MetadataReaderProvider provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        return Of(provider.GetMetadataReader());
    }

    private static Symbols Of(MetadataReader reader)
    {
        HashSet<DocumentHandle> embedded = [];
        Dictionary<string, string> sourceLink = [];
        foreach (CustomDebugInformation information in reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation))
        {
            Guid kind = reader.GetGuid(information.Kind);
            if (kind == s_embeddedSource) embedded.Add((DocumentHandle)information.Parent);
            else if (kind == s_sourceLink) sourceLink = ReadSourceLink(reader.GetBlobBytes(information.Value));
        }

        return new Symbols(
            reader.Documents.ToDictionary(document => reader.GetString(reader.GetDocument(document).Name), embedded.Contains), sourceLink);
    }

    private static Dictionary<string, string> ReadSourceLink(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("documents").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
    }
}
