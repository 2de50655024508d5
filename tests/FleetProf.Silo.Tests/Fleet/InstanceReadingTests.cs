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

    [Fact]
    public void Read_ManyProcessesOfOneService_AreAllTaken()
    {
        var processes = Enumerable.Range(0, 2_000).Select(number => FleetRig.Process($"i{number}")).ToArray();

        Assert.Equal(2_000, InstanceReading.Read("agent1", FleetRig.Inventory(processes), Now).Count);
    }
}
