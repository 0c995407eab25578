using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Generators.Tests;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>A contract that was compiled with its generated code and loaded, ready to serve and to call.</summary>
internal sealed class CompiledVersion : IDisposable
{
    private readonly AssemblyLoadContext _context = new("version of a contract", isCollectible: true);
    private readonly Type _drive;

    public CompiledVersion(ContractVersion version, string assembly)
    {
        Compilation = Harness.Compile(assembly, Harness.ParseOptions, version.Source).AddReferences(
            MetadataReference.CreateFromFile(typeof(RpcServer).Assembly.Location));
        (_, Compilation output) = Harness.Generate(Compilation);
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = output.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        Assembly loaded = _context.LoadFromStream(image);
        _drive = loaded.GetType("Corpus.Drive", throwOnError: true)!;
        Type service = loaded.GetType("Corpus.IS", throwOnError: true)!;
        Contract = (RpcContract)typeof(CompiledVersion).GetMethod(nameof(ContractOf), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(service).Invoke(null, null)!;
    }

    public CSharpCompilation Compilation { get; }

    public RpcContract Contract { get; }

    /// <summary>What this version's client sees at another one's server: what it prints, or <c>!</c> and the error.</summary>
    public async Task<string> CallAsync(CompiledVersion server)
    {
        await using RpcServer rpc = new(new RpcServerOptions().Listen("memory://"));
        server._drive.GetMethod("Serve")!.Invoke(null, [rpc]);
        await rpc.StartAsync();
        await using RpcClient client = await RpcClient.ConnectAsync(rpc.Addresses[0].ToString());
        try
        {
            return await ((Task<string>)_drive.GetMethod("CallAsync")!.Invoke(null, [client])!).WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (RpcException e)
        {
            return $"!{e.Code} {e.Message}";
        }
    }

    public void Dispose() => _context.Unload();

    private static RpcContract ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;
}
