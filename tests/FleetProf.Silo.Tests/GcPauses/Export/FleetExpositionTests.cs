using System.Text;
using FleetProf.Silo.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses.Export;

public sealed class FleetExpositionTests : IDisposable
{
    private readonly TrendRig rig = new();

    [Fact]
    public async Task Counters_OfAVersion_AreTheSumsOfItsWindows()
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 0.9, 1.8), Create("b", 0, 28), Create("c", 0, 5), Create("a", 1, 4)));

        var values = Values(rig.Exposition.Write(isOpenMetrics: false));

        const string Old = "service_name=\"shop\",service_version=\"1.0\"";
        Assert.Equal(4, values[$"dotnet_gc_collections_total{{{Old},gc_heap_generation=\"gen0\"}}"]);
        Assert.Equal(0.0347, values[$"dotnet_gc_pause_time_seconds_total{{{Old}}}"], 9);
        Assert.Equal(30, values[$"fleetprof_gc_observed_time_seconds_total{{{Old}}}"]);
        Assert.Equal(4_000_000, values[$"dotnet_gc_heap_total_allocated_bytes_total{{{Old}}}"]);
        Assert.Equal(60_000, values[$"dotnet_gc_last_collection_heap_size_bytes{{{Old},gc_heap_generation=\"gen2\"}}"]);
        Assert.Equal((2, 24), (values[$"fleetprof_instances{{{Old}}}"], values[$"process_thread_count{{{Old}}}"]));
        var buckets = new[] { "0.0005", "0.001", "0.002", "0.005", "0.05", "+Inf" }.Select(end => values[$"fleetprof_gc_pause_duration_seconds_bucket{{{Old},gc_heap_generation=\"gen0\",le=\"{end}\"}}"]);
        Assert.Equal([0, 1, 2, 3, 4, 4], buckets);
        Assert.Equal(4, values[$"fleetprof_gc_pause_duration_seconds_count{{{Old},gc_heap_generation=\"gen0\"}}"]);
        Assert.Equal(1, values["dotnet_gc_collections_total{service_name=\"shop\",service_version=\"2.0\",gc_heap_generation=\"gen0\"}"]);
    }

    [Fact]
    public async Task Window_SentAgainLateOrOfAForeignInstance_IsNotCounted()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 5, 1)));
        await rig.AcceptAsync("agent", Batch(Create("a", 5, 1, 1), Create("a", 4, 1)));
        await rig.AcceptAsync("other", Batch(Create("a", 6, 1)));
        rig.Clock.Advance(TimeSpan.FromMinutes(30));
        await rig.AcceptAsync("agent", Batch(Create("a", 7, 1)));

        Assert.Equal(1, Values(rig.Exposition.Write(false))["dotnet_gc_collections_total{service_name=\"shop\",service_version=\"1.0\",gc_heap_generation=\"gen0\"}"]);
    }

    /// <summary>It was ten minutes ahead.</summary>
    [Fact]
    public async Task Counters_AfterTheHostsClockWasSetBack_GoOn()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(7, Create("a", 60, 1)));
        await rig.AcceptAsync("agent", Batch(8, Create("a", 0, 1)));
        await rig.AcceptAsync("agent", Batch(9, Create("a", 1, 1)));

        Assert.Equal(3, Values(rig.Exposition.Write(false))["dotnet_gc_collections_total{service_name=\"shop\",service_version=\"1.0\",gc_heap_generation=\"gen0\"}"]);
    }

    /// <summary>Sums over silos must be right: what the other silo has counted is not counted here, and what goes to it is not shown here any more.</summary>
    [Fact]
    public async Task Agent_ThatComesFromAnotherSiloAndLeavesAgain_IsCountedByOneSiloAtATime()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1), Create("a", 1, 1)));
        rig.Restart();
        rig.ShowInventory("agent", "a@1.0");

        // The last window was not acknowledged there.
        await rig.AcceptAsync("agent", Batch(Create("a", 1, 1), Create("a", 2, 1)));

        const string Labels = "{service_name=\"shop\",service_version=\"1.0\"";
        Assert.Equal(1, Values(rig.Exposition.Write(false))[$"dotnet_gc_collections_total{Labels},gc_heap_generation=\"gen0\"}}"]);
        Assert.Equal(1, Values(rig.Exposition.Write(false))[$"fleetprof_instances{Labels}}}"]);
        var left = rig.Fleet.Find("a")!;
        rig.Fleet.ShowUnreachable("agent");
        rig.Fleet.ShowOthers("the-other", new() { Version = 1, IsFull = true, Changed = [left] });
        Assert.Equal(0, Values(rig.Exposition.Write(false))[$"fleetprof_instances{Labels}}}"]);
    }

    /// <summary>A window that was not acknowledged at the other silo comes again, and windows lie between that only the other one has seen.</summary>
    [Fact]
    public async Task Agent_ThatReturnsFromAnotherSilo_IsNotCountedForWhatTheOtherHasCounted()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1), Create("a", 1, 1)));
        var left = rig.Fleet.Find("a")!;
        rig.Fleet.ShowUnreachable("agent");
        rig.Fleet.ShowOthers("the-other", new() { Version = 1, IsFull = true, Changed = [left] });
        await rig.Table.UpsertAsync(
            [.. Enumerable.Range(2, 4).Select(index => ReportedWindow.Read(Create("a", index, 1), Noon)!)],
            [new InstanceOwner { InstanceId = "a", AgentId = "agent", Service = "shop", Version = "1.0" }]);
        rig.ShowInventory("agent", "a@1.0");

        await rig.AcceptAsync("agent", Batch(Create("a", 5, 1), Create("a", 6, 1)));

        Assert.Equal(3, Values(rig.Exposition.Write(false))["dotnet_gc_collections_total{service_name=\"shop\",service_version=\"1.0\",gc_heap_generation=\"gen0\"}"]);
    }

    [Fact]
    public async Task Instance_ThatItsAgentNamesNoMore_IsNotCountedAsRunningAtOnce()
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1), Create("b", 0, 1)));

        rig.ShowInventory("agent", "a@1.0");

        const string Labels = "{service_name=\"shop\",service_version=\"1.0\"";
        var values = Values(rig.Exposition.Write(false));
        Assert.Equal(1, values[$"fleetprof_instances{Labels}}}"]);
        Assert.Equal(2, values[$"dotnet_gc_collections_total{Labels},gc_heap_generation=\"gen0\"}}"]);
    }

    /// <summary>Its agent says that it has ended before it sends the windows that it held.</summary>
    [Fact]
    public async Task Windows_OfAnInstanceThatHasJustEnded_AreCounted()
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0");
        await rig.AcceptAsync("agent", Batch(1, Create("a", 0, 1), Create("b", 0, 1)));
        rig.ShowInventory("agent", "a@1.0");

        await rig.AcceptAsync("agent", Batch(2, Create("b", 1, 1)));
        await rig.AcceptAsync("agent", Batch(2, Create("b", 1, 1)));

        const string Labels = "{service_name=\"shop\",service_version=\"1.0\"";
        var values = Values(rig.Exposition.Write(false));
        Assert.Equal(3, values[$"dotnet_gc_collections_total{Labels},gc_heap_generation=\"gen0\"}}"]);
        Assert.Equal(1, values[$"fleetprof_instances{Labels}}}"]);
    }

    /// <summary>An alert on lost coverage asks for this number; what the agent reads of the process without a session is known all the same.</summary>
    [Fact]
    public async Task Instance_ThatCannotBeWatched_IsNotCountedAsWatched()
    {
        rig.ShowInventory("agent", "a@1.0");
        var unwatched = Create("a", 0);
        unwatched.ObservedMs = 0;

        await rig.AcceptAsync("agent", Batch(1, unwatched));

        const string Labels = "{service_name=\"shop\",service_version=\"1.0\"}";
        var values = Values(rig.Exposition.Write(false));
        Assert.Equal((0, 100_000_000, 12), (values[$"fleetprof_instances{Labels}"], values[$"dotnet_process_memory_working_set_bytes{Labels}"], values[$"process_thread_count{Labels}"]));
        await rig.AcceptAsync("agent", Batch(2, Create("a", 1, 1)));
        Assert.Equal(1, Values(rig.Exposition.Write(false))[$"fleetprof_instances{Labels}"]);
    }

    [Fact]
    public async Task Version_ThatLeft_EndsAfterAnHour()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        rig.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, Values(rig.Exposition.Write(false))["fleetprof_instances{service_name=\"shop\",service_version=\"1.0\"}"]);

        rig.Clock.Advance(TimeSpan.FromMinutes(31));
        rig.Live.Forget();

        Assert.Empty(Values(rig.Exposition.Write(false)));
    }

    /// <summary>The names that the dashboard asks for, in what a scrape of a fleet with every metric gives, in both formats.</summary>
    [Fact]
    public async Task Dashboard_EveryMetricThatItNames_IsExported()
    {
        rig.ShowInventory("agent", "a@1.0");
        var window = Create("a", 0, 1);
        window.CommittedBytes = 1;
        window.Pauses.Add(Sketch(2, PauseKind.BackgroundFinal, 3));
        await rig.AcceptAsync("agent", Batch(window));

        var named = await Dashboard.ReadMetricsAsync();

        Assert.True(named.Count > 12, string.Join(' ', named));
        foreach (var format in (string[])["text/plain", "application/openmetrics-text; version=1.0.0"])
        {
            var scraped = SiloScrape.NamesOf(await ScrapeAsync(format));
            Assert.All(named, metric => Assert.Contains(scraped, name => metric.IsMatch(name)));
        }
    }

    /// <summary>A series that appears with its first count has not risen for whoever takes a rate of it.</summary>
    [Fact]
    public async Task Reason_BeforeItsFirstCollection_IsZero()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));

        var values = Values(rig.Exposition.Write(false));

        const string Series = "fleetprof_gc_collections_total{service_name=\"shop\",service_version=\"1.0\",gc_reason=";
        Assert.Equal((1, 0, 0), (values[Series + "\"AllocSmall\"}"], values[Series + "\"InducedLowMemory\"}"], values[Series + "\"Other\"}"]));
    }

    [Fact]
    public async Task Scrape_OfTheSilo_HasEveryFamilyOnceAndOneEnd()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        foreach (var format in (string[])["text/plain", "application/openmetrics-text; version=1.0.0"])
        {
            var text = await ScrapeAsync(format);

            var families = text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
            Assert.Equal(families.Distinct().Count(), families.Count);
            Assert.Contains(families, family => family.StartsWith("silo_dotnet_gc_", StringComparison.Ordinal));
            Assert.Equal(format == "text/plain" ? 0 : 1, text.Split("# EOF").Length - 1);
            Assert.Equal(format != "text/plain", text.EndsWith("# EOF\n", StringComparison.Ordinal));
        }
    }

    public void Dispose() => rig.Dispose();

    /// <summary>With this rig's fleet.</summary>
    private Task<string> ScrapeAsync(string accept) => SiloScrape.ReadAsync(rig.Exposition, accept);

    private static Dictionary<string, double> Values(IEnumerable<StringBuilder> parts) => string.Concat(parts.Select(part => part.ToString())).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
}
