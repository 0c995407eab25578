using System.IO.Compression;
using System.Xml.Linq;

namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>A package, read from its file.</summary>
internal sealed class PackageFile(string path) : IDisposable
{
    private readonly ZipArchive _archive = ZipFile.OpenRead(path);
    private XElement? _metadata;

    /// <summary>The metadata of the nuspec.</summary>
    public XElement Metadata => _metadata ??= ReadMetadata();

    /// <summary>The paths of the files in the package, without those that only say how it is packed.</summary>
    public string[] Files =>
    [
        .. _archive.Entries.Select(entry => Uri.UnescapeDataString(entry.FullName))
            .Where(name => name is not ("_rels/.rels" or "[Content_Types].xml") && !name.EndsWith(".psmdcp", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public byte[] Read(string name)
    {
        ZipArchiveEntry? entry = _archive.GetEntry(name);
        Assert.True(entry is not null, $"{Path.GetFileName(path)} holds no {name}.");
        using Stream stream = entry.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public string ReadText(string name)
    {
        using StreamReader reader = new(new MemoryStream(Read(name)));
        return reader.ReadToEnd();
    }

    /// <summary>The text of an element of the metadata; empty if there is none.</summary>
    public string Field(string name) => Element(name)?.Value ?? "";

    public XElement? Element(string name) => Metadata.Element(Metadata.Name.Namespace + name);

    /// <summary>The dependencies, each as <c>framework: id version</c>, and what is excluded of it.</summary>
    public string[] Dependencies =>
    [
        .. from dependency in Metadata.Descendants(Metadata.Name.Namespace + "dependency")
           let excluded = (string?)dependency.Attribute("exclude")
           let framework = (string?)dependency.Parent!.Attribute("targetFramework")
           let line = $"{framework}: {(string?)dependency.Attribute("id")} {(string?)dependency.Attribute("version")}"
           let whole = excluded is null ? line : $"{line} without {excluded}"
           orderby whole
           select whole,
    ];

    public void Dispose() => _archive.Dispose();

    private XElement ReadMetadata()
    {
        using MemoryStream nuspec = new(Read(Files.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal))));
        XElement root = XDocument.Load(nuspec).Root!;
        return root.Elements().Single(element => element.Name.LocalName == "metadata");
    }
}
