using FleetProf.Silo.Fleet;

namespace FleetProf.Silo.Tests.Fleet;

public sealed class InstanceReadingTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Fact]
    public void Read_MoreServicesThanAHostRuns_TakesTheFirstByNameWhateverTheirOrder()
    {
        var processes = Enumerable.Range(0, InstanceReading.MaxServices + 10).Reverse().Select(number => FleetRig.Process($"i{number}", service: $"s{number:000}")).ToArray();

        var services = InstanceReading.Read("agent1", FleetRig.Inventory(processes), Now).Select(instance => instance.Service).ToList();

        Assert.Equal(InstanceReading.MaxServices, services.Count);
        Assert.Equal(("s000", $"s{InstanceReading.MaxServices - 1:000}"), (services.Min(StringComparer.Ordinal), services.Max(StringComparer.Ordinal)));
    }

    /// <summary>A process cannot claim another rack, and a host says nothing of the kinds of capture that an agent names for each process.</summary>
    [Fact]
    public void Read_LabelsOfTheHost_GoBeforeThoseOfTheProcess()
    {
        var process = FleetRig.Process("a");
        process.Labels["rack"] = "9";
        process.Labels["zone"] = "z1";
        process.Labels[InstanceReading.CapturesLabel] = "trace alloc";
        var host = new Dictionary<string, string> { ["rack "] = "7", ["rack"] = "8", ["floor"] = "2\u001b", [" "] = "x", [InstanceReading.CapturesLabel] = "gcdump" };

        var labels = Assert.Single(InstanceReading.Read("agent1", FleetRig.Inventory(process), Now, host)).Labels;

        Assert.Equal(["fleetprof.captures=trace alloc", "floor=2", "rack=7", "zone=z1"], labels.Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_LabelsOfTheHost_DoNotOpenCapturesOfAProcessThatHasNone()
    {
        var host = new Dictionary<string, string> { [InstanceReading.CapturesLabel] = "trace" };

        Assert.Empty(Assert.Single(InstanceReading.Read("agent1", FleetRig.Inventory(FleetRig.Process("a")), Now, host)).Labels);
    }

    [Fact]
    public void Read_ManyProcessesOfOneService_AreAllTaken()
    {
        var processes = Enumerable.Range(0, 2_000).Select(number => FleetRig.Process($"i{number}")).ToArray();

        Assert.Equal(2_000, InstanceReading.Read("agent1", FleetRig.Inventory(processes), Now).Count);
    }
}
