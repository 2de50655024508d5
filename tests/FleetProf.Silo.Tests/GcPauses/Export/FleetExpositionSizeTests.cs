using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.GcPauses.Export;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Export;

/// <summary>The text of a fleet whose instances are exported one by one.</summary>
public sealed class FleetExpositionSizeTests
{
    [Fact]
    public void Text_OfFiveThousandInstances_IsMadeInSmallParts()
    {
        var exposition = ExpositionOf(5_000);
        long length = 0;
        var longest = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var part in exposition.Write(isOpenMetrics: false))
        {
            length += part.Length;
            longest = Math.Max(longest, part.Length);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(length > 40_000_000, $"{length} characters");
        Assert.InRange(longest, 1, 2 * FleetExposition.PartLength);

        // Built once as a whole, and made a string of, it is four bytes for each character.
        Assert.InRange(allocated, 1, 2 * length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Text_OfTwoInstances_HasEachFamilyInOnePlace(bool isOpenMetrics)
    {
        var text = string.Concat(ExpositionOf(2).Write(isOpenMetrics).Select(part => part.ToString()));

        const string Labels = "service_name=\"shop\",service_version=\"1.0\",service_instance_id=\"i0000";
        var family = isOpenMetrics ? "dotnet_gc_pause_time_seconds" : "dotnet_gc_pause_time_seconds_total";
        Assert.Contains(
            $"# TYPE {family} counter\n# HELP {family} Pauses of the program for collections.\n"
            + $"dotnet_gc_pause_time_seconds_total{{{Labels}0\"}} 0.0015\ndotnet_gc_pause_time_seconds_total{{{Labels}1\"}} 0.0015\n# TYPE ",
            text,
            StringComparison.Ordinal);
        Assert.StartsWith("# TYPE dotnet_gc_collections", text, StringComparison.Ordinal);
        Assert.EndsWith(
            $"fleetprof_gc_pause_duration_seconds_bucket{{{Labels}1\",gc_heap_generation=\"gen2\",le=\"10.0\"}} 0\n"
            + $"fleetprof_gc_pause_duration_seconds_bucket{{{Labels}1\",gc_heap_generation=\"gen2\",le=\"+Inf\"}} 0\n"
            + $"fleetprof_gc_pause_duration_seconds_sum{{{Labels}1\",gc_heap_generation=\"gen2\"}} 0\n"
            + $"fleetprof_gc_pause_duration_seconds_count{{{Labels}1\",gc_heap_generation=\"gen2\"}} 0\n",
            text,
            StringComparison.Ordinal);
    }

    private static FleetExposition ExpositionOf(int instances)
    {
        var totals = new FleetTotals(Options.Create(new TrendOptions { ExportInstances = true }), new FakeTimeProvider(Noon));
        for (var i = 0; i < instances; i++)
        {
            var id = $"i{i:00000}";
            totals.Count(
                new Instance { InstanceId = id, Service = "shop", Version = "1.0", AgentId = "agent" },
                new PauseWindow { InstanceId = id, StartMs = Noon.ToUnixTimeMilliseconds(), WindowMs = 10_000, ObservedMs = 10_000, PauseMs = 1.5, WorkingSetBytes = 1 });
        }

        return new FleetExposition(totals);
    }
}
