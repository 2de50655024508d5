using System.Text.Json;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>Allocations that source code hides, planted in a real process, recorded by the agent and classified by the real analyzer.</summary>
[Trait("Ring", "process")]
public sealed class HiddenAllocationTests : IAsyncLifetime
{
    private const string Namespace = "HiddenAllocations.";

    // Everything is compiled once, fully optimised; and: nothing is ever optimised.
    private static readonly Dictionary<string, string> Optimized = new() { ["DOTNET_TieredCompilation"] = "0" };
    private static readonly Dictionary<string, string> NeverOptimized = new() { ["DOTNET_TC_CallCounting"] = "0", ["DOTNET_TC_OnStackReplacement"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" };
    private static readonly Dictionary<string, string> Defaults = [];

    private UploadServer server = null!;

    public async ValueTask InitializeAsync() => server = await UploadServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hidden_OfEveryPlant_HasItsClassAndItsMethodAndNoOther(bool isFullyOptimized)
    {
        using var analysis = await RecordAsync(isFullyOptimized ? Optimized : Defaults, [.. PlantedAllocations.All.Select(plant => (plant.Word, plant.Calls))]);

        var hidden = analysis.Json("alloc.hidden.json");
        var found = Claims(Rows(hidden));
        Assert.All(PlantedAllocations.All, plant => Assert.Subset(found[plant.Method].ToHashSet(), plant.Classes.ToHashSet()));

        // Code that is not optimised yet boxes and allocates more than its source asks for: true, marked as cold, and gone later.
        var lasting = Claims(Rows(hidden).Where(row => !row.GetProperty("isCold").GetBoolean()));
        Assert.All(PlantedAllocations.All, plant => Assert.Subset(plant.Classes.ToHashSet(), lasting[plant.Method].ToHashSet()));
        Assert.Empty(found.Select(claim => claim.Key).Except(PlantedAllocations.All.Select(plant => plant.Method)));
        Assert.False(isFullyOptimized && hidden.GetProperty("isCold").GetBoolean());
    }

    [Fact]
    public async Task Hidden_OfEveryClassThatOccurs_ComesWithAdvice()
    {
        using var analysis = await RecordAsync(Optimized, [("box-number", 80_000), ("linq", 10_000)]);

        var hidden = analysis.Json("alloc.hidden.json");
        var advised = hidden.GetProperty("advice").EnumerateArray().Select(advice => Text(advice, "id")).ToHashSet();
        Assert.Subset(advised, new HashSet<string> { "H01", "H15" });
        Assert.Equal(Rows(hidden).Select(row => Text(row, "advice")).ToHashSet(), advised);
        Assert.All(hidden.GetProperty("advice").EnumerateArray(), advice => Assert.All((string[])["title", "what", "inSource", "mend"], part => Assert.NotEmpty(Text(advice, part))));
        Assert.All(Rows(hidden), row => Assert.True(row.GetProperty("bytes").GetDouble() <= hidden.GetProperty("totalBytes").GetDouble()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hidden_OfTheCleanWorkload_ClaimsNothing(bool isFullyOptimized)
    {
        using var analysis = await RecordAsync(isFullyOptimized ? Optimized : Defaults, [("clean", 20_000)]);

        var hidden = analysis.Json("alloc.hidden.json");
        Assert.Empty(Claims(Rows(hidden)));
        Assert.True(hidden.GetProperty("sampleCount").GetInt64() > 100);
    }

    [Fact]
    public async Task Hidden_OfCodeThatWasNeverOptimized_IsMarkedCold()
    {
        using var analysis = await RecordAsync(NeverOptimized, [("box-number", 80_000)]);

        var hidden = analysis.Json("alloc.hidden.json");
        Assert.True(hidden.GetProperty("isCold").GetBoolean());
        Assert.All(Rows(hidden), row => Assert.True(row.GetProperty("isCold").GetBoolean()));
        Assert.Contains(analysis.Summary.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("cold", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hidden_OfADebugBuild_AsksForAReleaseBuildAndTellsAsyncMethodsFromIterators()
    {
        using var analysis = await RecordAsync(Defaults, [("async-result", 30_000), ("iterator", 50_000)], "HiddenAllocationsDebug");

        var hidden = analysis.Json("alloc.hidden.json");
        Assert.Equal((true, false), (hidden.GetProperty("isDebugBuild").GetBoolean(), hidden.GetProperty("isCold").GetBoolean()));
        Assert.Equal("H06", ClassOf(hidden, "<AnswerAtOnceAsync>d__"));
        Assert.Equal("H05", ClassOf(hidden, "<CountTo>d__"));
        var warnings = analysis.Summary.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToList();
        Assert.Contains(warnings, warning => warning.EndsWith("capture a Release build", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, warning => warning.Contains("cold", StringComparison.Ordinal));
    }

    /// <summary>Carries out the orders again and again until the capture ends, so that it holds all of them however slow the machine is.</summary>
    private async Task<Analysis> RecordAsync(Dictionary<string, string> environment, (string Word, int Calls)[] orders, string program = "HiddenAllocations")
    {
        await using var workload = await PlantedProcess.StartAsync(program, environment);
        await using var rig = new DeskRig(server) { Target = DeskRig.TargetOf(workload, new Version(10, 0, 12)) }.Run();
        foreach (var (word, calls) in orders) await workload.DoAsync(word, calls);
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Alloc, seconds: orders.Length > 2 ? 12u : 4u));
        while (rig.Sent.Results.Count == 0)
        {
            foreach (var (word, calls) in orders) await workload.DoAsync(word, calls);
        }

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", false), (result.Failure, result.IsPartial));
        return await Analysis.OfAsync(server.Received.Complete[result.Sha256], "alloc");
    }

    /// <summary>Classes by user method. The workload's own loop that takes orders reads, splits and awaits; it is no plant.</summary>
    private static ILookup<string, string> Claims(IEnumerable<JsonElement> rows) =>
        rows.Where(row => Text(row, "userMethod").StartsWith(Namespace, StringComparison.Ordinal)).ToLookup(row => Text(row, "userMethod")[Namespace.Length..], row => Text(row, "class"));

    /// <summary>Of the one row whose type begins so.</summary>
    private static string ClassOf(JsonElement hidden, string type) => Text(Rows(hidden).Single(row => Text(row, "type").StartsWith(type, StringComparison.Ordinal)), "class");

    private static IEnumerable<JsonElement> Rows(JsonElement hidden) => hidden.GetProperty("rows").EnumerateArray();

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
