using FleetProf.Analysis.Profiles;
using FleetProf.Analyzer.Profiles;

namespace FleetProf.Analyzer.Tests.Profiles;

public sealed class StackNamesTests
{
    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(300, true)]
    public void In_AStackOfSoManyAddresses_HasAFrameForLostCallersOnceItMayBeCut(int addresses, bool isCut)
    {
        var raw = new RawStacks();
        var profile = new Profile(new Measure("samples", "count"));
        var id = raw.Intern(Enumerable.Range(1, addresses).Select(address => (ulong)address).ToArray());

        var stack = new StackNames(raw, new MethodMap()).In(profile, id);

        // Nothing has a name here, and a run of frames without one is one frame: it is the addresses that count.
        string[] expected = isCut ? ["[callers beyond 100 frames]", "[unresolved]"] : ["[unresolved]"];
        Assert.Equal(expected, profile.Stacks.RootFirst(stack).Select(frame => profile.Frames[frame].Name));
        Assert.Equal(isCut, raw.IsCut(id));
    }
}
