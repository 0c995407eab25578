using Microsoft.CodeAnalysis;
using SourceGen.Rpc.Analyzers;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>What a build says about a contract that differs from its lock, and where.</summary>
public sealed class ReportTests
{
    private const string Shop = """
        namespace Shop;
        [Service]
        public partial interface IShop
        {
            ValueTask<Order> PlaceAsync(Order order, int times = 1);
            ValueTask<int> CountAsync(Color color);
        }
        public sealed record Order(
            int Id,
            string Name);
        public enum Color
        {
            Red,
            Green,
        }
        """;

    private const string Others = """
        namespace Shop;
        [Service]
        public partial interface IStock : IBase
        {
            ValueTask<Order> FindAsync(int id);
        }
        public interface IBase
        {
            ValueTask<bool> PingAsync(int how);
        }
        public sealed record Order(int Id, string Name);
        """;

    [Fact]
    public async Task A_contract_that_is_as_its_lock_says_is_left_alone() => Assert.Empty(await Print(Shop, Shop));

    [Fact]
    public async Task Without_a_lock_nothing_is_printed_and_creating_one_is_offered()
    {
        Diagnostic diagnostic = Assert.Single(await LockProject.Of(Shop).AnalyzeAsync());

        Assert.Equal("SGR0060", diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Hidden, diagnostic.Severity);
        Assert.Equal("IShop", TextAt(diagnostic));
    }

    [Fact]
    public async Task A_compatible_change_is_a_warning_where_it_was_made()
    {
        Diagnostic diagnostic = Assert.Single(await Analyze(Shop, Shop.Edit("string Name)", "string Name,\n    int Weight)")));

        Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity);
        Assert.Equal(
            "File1.cs(11): SGR0061: Shop.Order member 'Weight' (int32) was added. This is compatible: where it is missing it has its "
            + "default value, and who does not know it skips it. To record it, update the lock by the code fix, or by "
            + "'dotnet build -p:UpdateContractsLock=true'.",
            LockProject.Print(diagnostic));
        Assert.Equal("Weight", TextAt(diagnostic));
    }

    [Fact]
    public async Task A_breaking_change_is_an_error_that_says_who_breaks_why_and_the_way_out()
    {
        Diagnostic diagnostic = Assert.Single(await Analyze(Shop, Shop.Edit("int Id,", "short Id,")));

        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal(
            "File1.cs(9): SGR0062: Shop.Order member 'Id' was int32 and is int16. This breaks old clients, old servers and stored data: "
            + "what was a valid number is lost or an error now. Leave the member as it was, and add one of another key. To break them "
            + "deliberately, use the code fix or 'dotnet build -p:UpdateContractsLock=true -p:AcceptBreakingContractChanges=\"why\"', "
            + "which records it in the lock.",
            LockProject.Print(diagnostic));
        Assert.Equal("Id", TextAt(diagnostic));
    }

    [Fact]
    public async Task The_line_of_the_lock_is_a_related_location()
    {
        string text = LockProject.Of(Shop).Write();

        Diagnostic diagnostic = Assert.Single(
            await LockProject.Of(Shop.Edit("int times = 1", "int times"), text).AnalyzeAsync());

        Location related = Assert.Single(diagnostic.AdditionalLocations);
        Assert.Equal("/project0/contracts.lock.json", related.GetLineSpan().Path);
        Assert.Contains("Place(order:", text.Split('\n')[related.GetLineSpan().StartLinePosition.Line], StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Places => new()
    {
        { "int times = 1", "long times = 1", "times", "SGR0061: Shop.Shop/Place parameter 'times' was int32 and is int64." },
        { "int times = 1", "string times = \"\"", "times", "SGR0062: Shop.Shop/Place parameter 'times' was int32 and is string." },
        { "int times = 1", "int often = 1", "often", "SGR0061: Shop.Shop/Place parameter 'often' was called 'times'." },
        { ", int times = 1", "", "PlaceAsync", "SGR0062: Shop.Shop/Place parameter 'times' (int32) was removed." },
        {
            "ValueTask<int> CountAsync", "ValueTask CountAsync", "CountAsync",
            "SGR0062: Shop.Shop/Count the result was int32 and there is none."
        },
        { "ValueTask<int> CountAsync(Color color);", "", "IShop", "SGR0062: Shop.Shop/Count was removed." },
        { "Red,", "Red = 7,", "Red", "SGR0062: Shop.Color value 'Red' was 0 and is 7." },
        {
            "CountAsync(Color color)", "TotalAsync(Color color)", "IShop",
            "SGR0062: Shop.Shop/Count was removed; Total looks like its new name."
        },
        {
            "string Name", "string Title", "Order",
            "SGR0062: Shop.Order member 'Name' (string) was removed; 'Title' looks like its new name."
        },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Every_change_is_reported_at_its_declaration(string before, string after, string place, string message)
    {
        IReadOnlyList<Diagnostic> diagnostics = await Analyze(Shop, Shop.Edit(before, after));

        Assert.Contains(
            diagnostics,
            d => TextAt(d) == place && LockProject.Print(d).Split(": ", 2)[1].StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_type_that_two_services_share_is_reported_once()
    {
        string both = Shop + Others.Edit("namespace Shop;", "")
            .Edit("public sealed record Order(int Id, string Name);", "");

        // IShop sends and returns it, IStock returns it; it has changed once.
        string[] shared = await Print(both, both.Edit("int Id,", "int Id, int Weight,"));

        Assert.Single(shared);
    }

    [Fact]
    public async Task A_change_of_an_inherited_interface_is_reported_in_it()
    {
        Diagnostic diagnostic = Assert.Single(await Analyze(Others, Others.Edit("int how", "bool how")));

        Assert.Equal("how", TextAt(diagnostic));
        Assert.Contains("Shop.Stock/Ping parameter 'how' was int32 and is bool", LockProject.Print(diagnostic), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_new_is_a_warning_at_its_interface()
    {
        string text = LockProject.Of(Others).Write();

        string both = Others + "[Service] public partial interface INew { ValueTask M(); }";
        Diagnostic diagnostic = Assert.Single(await LockProject.Of(both, text).AnalyzeAsync());

        Assert.Equal(("SGR0061", "INew"), (diagnostic.Id, TextAt(diagnostic)));
        Assert.Contains("Service Shop.New was added.", LockProject.Print(diagnostic), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_an_error_at_its_line_of_the_lock()
    {
        string text = LockProject.Of(Others + "[Service] public partial interface IOld { ValueTask M(); }").Write();

        Diagnostic diagnostic = Assert.Single(await LockProject.Of(Others, text).AnalyzeAsync());

        Assert.Equal(
            "contracts.lock.json(4): SGR0065: Service Shop.Old was removed. This breaks old clients: their calls are refused. Keep it, or "
            + "keep its name with [Service(Name = ..., Version = ...)].",
            LockProject.Print(diagnostic).Split(" To break")[0]);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
    }

    [Fact]
    public async Task Another_version_of_a_service_is_another_service()
    {
        string[] printed = await Print(Others, Others.Edit("[Service]", "[Service(Version = \"2\")]"));

        Assert.Contains(printed, static line => line.Contains("Service Shop.Stock version 2 was added.", StringComparison.Ordinal));
        Assert.Contains(printed, static line => line.Contains(
            "Service Shop.Stock was removed; there is Shop.Stock version 2 now.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_versions_of_a_service_are_locked_side_by_side()
    {
        const string Versions = """
            [Service(Name = "S", Version = "1")] public partial interface IOne { ValueTask M(); }
            [Service(Name = "S", Version = "2")] public partial interface ITwo { ValueTask M(int a); }
            """;

        Assert.Empty(await Print(Versions, Versions));
        string printed = Assert.Single(await Print(Versions, Versions.Edit("int a", "bool a")));
        Assert.Contains("SGR0062", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_that_is_not_valid_is_left_to_its_own_diagnostics() =>
        Assert.Empty(await Print(Shop, Shop.Edit("int Id,", "object Id,")));

    [Fact]
    public async Task A_type_of_another_assembly_is_reported_where_the_contract_uses_it()
    {
        const string Service = "[Service] public partial interface IApp { ValueTask<Library.Item> GetAsync(int id); }";
        string text = LockProject.Of(WithLibrary("int A")).Write();

        Diagnostic diagnostic = Assert.Single(await LockProject.Of(WithLibrary("long A"), text).AnalyzeAsync());

        Assert.Equal(("SGR0062", "GetAsync"), (diagnostic.Id, TextAt(diagnostic)));

        static Microsoft.CodeAnalysis.CSharp.CSharpCompilation WithLibrary(string member) =>
            Generators.Tests.Harness.Compile(Service).AddReferences(Generators.Tests.Harness.Emit(Generators.Tests.Harness.Compile(
                "Library", Generators.Tests.Harness.ParseOptions, $"namespace Library; public record Item({member});")));
    }

    [Fact]
    public async Task While_the_lock_is_updated_only_what_breaks_others_is_an_error()
    {
        string changed = Shop.Edit("int times = 1", "int often = 1").Edit("Green,", "Green = 7,");
        string text = LockProject.Of(Shop).Write();

        string[] updating = await With("true", reason: null).PrintAsync();
        string[] accepting = await With("true", "nobody used it").PrintAsync();

        Assert.Contains("SGR0062", Assert.Single(updating), StringComparison.Ordinal);
        Assert.Empty(accepting);

        LockProject With(string update, string? reason) => LockProject.With(changed, text, update, reason);
    }

    [Fact]
    public async Task Analyzers_that_are_switched_off_say_nothing_of_the_lock_either()
    {
        LockProject project = LockProject.Of(Shop.Edit("Green,", "Green = 7,"), LockProject.Of(Shop).Write());

        Assert.Single(await project.Switched("contracts").AnalyzeAsync());
        Assert.Empty(await project.Switched("false").AnalyzeAsync());
    }

    [Fact]
    public async Task Accepting_without_updating_accepts_nothing()
    {
        string changed = Shop.Edit("Green,", "Green = 7,");

        string[] printed = await LockProject.With(changed, LockProject.Of(Shop).Write(), update: null, "why").PrintAsync();

        Assert.Contains("SGR0062", Assert.Single(printed), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_diagnostic_has_a_page_and_a_line_in_the_ledger()
    {
        string ledger = File.ReadAllText(Repository.PathOf("Analyzers/SourceGen.Rpc.Analyzers/AnalyzerReleases.Unshipped.md"));
        foreach (DiagnosticDescriptor descriptor in new ContractsLockAnalyzer().SupportedDiagnostics)
        {
            string page = File.ReadAllText(Repository.PathOf($"docs/diagnostics/{descriptor.Id}.md"));
            string title = descriptor.Title.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.StartsWith($"# {descriptor.Id}: {title}\n", page, StringComparison.Ordinal);
            Assert.EndsWith($"/docs/diagnostics/{descriptor.Id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
            Assert.Contains(descriptor.Id, ledger, StringComparison.Ordinal);
        }
    }

    private static async Task<IReadOnlyList<Diagnostic>> Analyze(string locked, string now) =>
        await LockProject.Of(now, LockProject.Of(locked).Write()).AnalyzeAsync();

    private static async Task<string[]> Print(string locked, string now) =>
        await LockProject.Of(now, LockProject.Of(locked).Write()).PrintAsync();

    private static string TextAt(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);
}
