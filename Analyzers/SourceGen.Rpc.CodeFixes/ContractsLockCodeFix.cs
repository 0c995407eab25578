using System.Collections.Immutable;
using System.Composition;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using SourceGen.Rpc.Analyzers;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Contracts.Lock;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Creates <c>contracts.lock.json</c>, brings it up to date, and records in it that a breaking change is accepted.</summary>
/// <remarks>
/// A lock is written as a whole. So as long as anything breaks others, only accepting that is offered, and the title says how much it is.
/// </remarks>
[ExportCodeFixProvider(
    LanguageNames.CSharp, Name = nameof(ContractsLockCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)],
    DocumentExtensions = [".cs", ".json"])]
[Shared]
public sealed class ContractsLockCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        LockDescriptors.NotLocked.Id, LockDescriptors.Compatible.Id, LockDescriptors.Breaking.Id, LockDescriptors.Stale.Id,
        LockDescriptors.ServiceRemoved.Id,
    ];

    /// <summary>There is one lock, and one fix brings all of it up to date.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.TextDocument.Project;
        if (await ProjectLock.ReadAsync(project, context.CancellationToken).ConfigureAwait(false) is not { } state) return;
        int breaking = state.Update.Breaking.Count;
        string title = state.Document is null ? $"Lock the contracts of this project in {LockText.FileName}"
            : breaking == 0 ? $"Update {LockText.FileName}"
            : breaking == 1 ? $"Accept the breaking change in {LockText.FileName}"
            : $"Accept all {breaking} breaking changes in {LockText.FileName}";
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            // What is compatible is not a way to accept what is not.
            if (breaking > 0 && (diagnostic.Id == LockDescriptors.Compatible.Id || diagnostic.Id == LockDescriptors.Stale.Id)) continue;
            context.RegisterCodeFix(
                CodeAction.Create(title, _ => Task.FromResult(state.Apply(project)), equivalenceKey: title), diagnostic);
        }
    }

    /// <summary>A project's lock and what it would become.</summary>
    private sealed record ProjectLock(TextDocument? Document, LockUpdate Update)
    {
        /// <summary>Reads a project; null when its lock cannot be read, or its contracts are not valid.</summary>
        public static async Task<ProjectLock?> ReadAsync(Project project, CancellationToken cancellationToken)
        {
            TextDocument? document = project.AdditionalDocuments.FirstOrDefault(
                static file => LockFile.IsLock(file.FilePath ?? file.Name));
            ContractsLock? existing = null;
            if (document is not null)
            {
                existing = LockFile.Read(await document.GetTextAsync(cancellationToken).ConfigureAwait(false)).Lock;
                if (existing is null) return null;
            }

            Compilation? compiled = await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false);
            if (compiled is not CSharpCompilation compilation) return null;
            List<CurrentService> services = [];
            foreach (INamedTypeSymbol symbol in Services(compilation.Assembly.GlobalNamespace))
            {
                if (ServiceParser.ParseWithSymbols(symbol, compilation, cancellationToken).Model is not { } model) return null;
                services.Add(CurrentService.From(model));
            }

            return new ProjectLock(document, new LockUpdate(services, existing));
        }

        public Solution Apply(Project project)
        {
            SourceText text = SourceText.From(
                Update.Text(LockUpdate.NoReason), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            if (Document is not null) return project.Solution.WithAdditionalDocumentText(Document.Id, text);
            string? folder = project.FilePath is { } path ? path.Substring(0, path.LastIndexOfAny(['/', '\\']) + 1) : null;
            return project.Solution.AddAdditionalDocument(
                DocumentId.CreateNewId(project.Id), LockText.FileName, text, filePath: folder is null ? null : folder + LockText.FileName);
        }

        private static IEnumerable<INamedTypeSymbol> Services(INamespaceOrTypeSymbol container)
        {
            foreach (ISymbol member in container.GetMembers())
            {
                if (KnownTypes.DeclaresContract(member)) yield return (INamedTypeSymbol)member;
                if (member is not INamespaceOrTypeSymbol inner) continue;
                foreach (INamedTypeSymbol nested in Services(inner)) yield return nested;
            }
        }
    }
}
