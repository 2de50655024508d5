using FleetProf.Faults.Fleet;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

[Trait("Ring", "process")]
public sealed class MemoryGroupTests
{
    [Fact]
    public async Task Target_ThatTouchesMoreThanItsGroupHas_IsKilledByTheKernelAndCanBeStartedAgain()
    {
        Assert.SkipUnless(MemoryGroup.IsPossible, "Control groups of memory may not be made here; the scenario is left out too. Whoever runs this as root outside of a container may remove the skip.");
        await using var target = await Target.StartAsync("memory-group-test");
        var first = target.Pid;

        await target.RunOutOfMemoryAsync();
        await target.StartAgainAsync();

        Assert.NotEqual(first, target.Pid);
        Assert.Equal(0, target.Sessions);
    }
}
