using System.Text.Json;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class GcTableTests
{
    private static readonly GcTableRow Row = new()
    {
        Index = 7,
        PauseStartMs = 12.34567,
        Reason = "AllocSmall",
        Generation = 1,
        GenerationName = "1N",
        Type = "NonConcurrentGC",
        SuspendMs = 0.1,
        PauseMs = 2,
        PeakMB = 30,
        AfterMB = 10,
        AllocationRateMBPerSecond = double.PositiveInfinity,
        Generations = [new(1, 50, null), new(2, null, 3)],
        Cause = new GcCauseColumns { Cause = "Survivors", Evidence = "9.0 MB of 10.0 MB survived.", MarkMs = 1.5 },
    };

    [Fact]
    public void Json_OfARow_UsesPerfViewsNamesAndNullForTheUnknown()
    {
        using var stream = new MemoryStream();

        GcTable.WriteJson([Row], stream);

        var json = JsonDocument.Parse(stream.ToArray()).RootElement[0];
        Assert.Equal(7, json.GetProperty("GC Index").GetInt32());
        Assert.Equal(12.346, json.GetProperty("Pause Start").GetDouble());
        Assert.Equal(3, json.GetProperty("Ratio Peak/After").GetDouble());
        Assert.Equal("Survivors", json.GetProperty("Cause").GetString());
        Assert.Equal(1.5, json.GetProperty("Mark MSec").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("Stacks MSec").ValueKind);
        Assert.Equal(50, json.GetProperty("Gen0 Survival Rate %").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("Gen1 Survival Rate %").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("LOH MB").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("Gen0 Alloc Rate MB/sec").ValueKind);
    }

    [Fact]
    public void Csv_OfARow_HasAsManyCellsAsItsHeader()
    {
        using var text = new StringWriter();

        GcTable.WriteCsv([Row], text);

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
    }

    [Fact]
    public void Json_OfARowWithoutACause_HasNullsThere()
    {
        using var stream = new MemoryStream();

        GcTable.WriteJson([Row with { Cause = null }], stream);

        var json = JsonDocument.Parse(stream.ToArray()).RootElement[0];
        Assert.Equal(JsonValueKind.Null, json.GetProperty("Cause").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("Mark MSec").ValueKind);
    }
}
