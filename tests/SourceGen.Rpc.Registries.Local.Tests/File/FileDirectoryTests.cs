using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>The directory over it.</summary>
public sealed class FileDirectoryTests(FileFixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<FileFixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class FileFleetTests(FileFixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<FileFixture>;
