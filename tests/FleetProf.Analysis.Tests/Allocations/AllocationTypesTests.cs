using System.Text.Json;
using FleetProf.Analysis.Allocations;

namespace FleetProf.Analysis.Tests.Allocations;

public sealed class AllocationTypesTests
{
    [Fact]
    public void Rows_OfUnbiasedSamples_CarryTheirError()
    {
        var types = new AllocationTypes(AllocationSource.Sampled);
        for (var i = 0; i < 100; i++)
        {
            types.Add("System.String", 1000, 10);
        }

        types.Add("System.Int32", 102_400, 4_267);

        var rows = types.Rows();
        Assert.Equal(["System.Int32", "System.String"], rows.Select(row => row.Type));
        Assert.True(rows[0].IsLowConfidence);
        Assert.False(rows[1].IsLowConfidence);
        Assert.Equal(0.196, rows[1].RelativeError!.Value, 3);
        Assert.Equal(1000, rows[1].Objects);
    }

    [Fact]
    public void Json_OfTicks_SaysThatItIsBiasedAndClaimsNoError()
    {
        var types = new AllocationTypes(AllocationSource.Tick);
        types.Add("System.String", 100_000, 0);
        using var stream = new MemoryStream();

        types.WriteJson(stream, TimeSpan.FromSeconds(1));

        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.True(json.GetProperty("isBiased").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rows")[0].GetProperty("relativeError").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rows")[0].GetProperty("objects").ValueKind);
    }
}
