using System.Text.Json;
using FleetProf.Analyzer.Tests.Recordings;
using FleetProf.Measures.Allocations;

namespace FleetProf.Analyzer.Tests.Profiles;

/// <summary>Our profiles against TraceEvent's TraceLog on the same bytes.</summary>
[Trait("Ring", "process")]
public sealed class TraceLogOracleTests(PlantedRecordings recordings)
{
    [Fact]
    public void Cpu_AgainstTraceLog_HasEqualSamplesSelfAndTotalOfEveryMethod()
    {
        var (summary, output) = recordings.Analyze(recordings.Cpu, "trace");

        var oracle = TraceLogProfile.OfCpu(recordings.Cpu);
        Assert.Equal(oracle.Count, summary.GetProperty("cpuSampleCount").GetInt64());
        AssertEqual(oracle, CpuProfileTests.Json(output, "cpu.top.json"), tolerance: 0);
    }

    [Fact]
    public void Allocations_AgainstTraceLog_HaveEqualSamplesSelfAndTotalOfEveryMethod()
    {
        var (summary, output) = recordings.Analyze(recordings.Allocations, "alloc");

        var oracle = TraceLogProfile.OfAllocations(recordings.Allocations, AllocationUnbiasing.EstimatedBytes);
        Assert.Equal(oracle.Count, summary.GetProperty("allocSampleCount").GetInt64());
        AssertEqual(oracle, CpuProfileTests.Json(output, "alloc.top.json"), tolerance: 1);
    }

    // Stubs without a name are no methods to either; the tolerance is the rounding of estimates to whole bytes.
    private static void AssertEqual(TraceLogProfile oracle, JsonElement top, double tolerance)
    {
        var ours = top.GetProperty("rows").EnumerateArray().Where(row => !row.GetProperty("name").GetString()!.StartsWith('['))
            .GroupBy(row => row.GetProperty("name").GetString()!)
            .ToDictionary(rows => rows.Key, rows => (Self: rows.Sum(row => row.GetProperty("self").GetDouble()), Total: rows.Sum(row => row.GetProperty("total").GetDouble())));
        Assert.Equal(oracle.Methods.Where(method => method.Value.Total > 0).Select(method => method.Key).Order(StringComparer.Ordinal), ours.Keys.Order(StringComparer.Ordinal));
        Assert.All(ours, method =>
        {
            Assert.Equal(oracle.Methods[method.Key].Self, method.Value.Self, tolerance);
            Assert.Equal(oracle.Methods[method.Key].Total, method.Value.Total, tolerance);
        });
    }
}
