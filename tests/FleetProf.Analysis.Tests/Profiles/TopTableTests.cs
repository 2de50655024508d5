using CsCheck;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Profiles;

public sealed class TopTableTests
{
    [Fact]
    public void Top_OfRandomSamples_EqualsTheNaiveSums() => RandomProfiles.Samples.Sample(samples =>
    {
        var rows = TopTable.Of(RandomProfiles.ToProfile(samples), 0).Rows.ToDictionary(row => row.Name);

        for (var frame = 0; frame <= 5; frame++)
        {
            var self = samples.Where(sample => sample.Stack.LastOrDefault(-1) == frame).Sum(sample => sample.Value);
            var total = samples.Where(sample => sample.Stack.Contains(frame)).Sum(sample => sample.Value);
            var row = rows.GetValueOrDefault(RandomProfiles.Name(frame));
            Assert.Equal((self, total), (row.Self, row.Total));
        }
    });

    [Fact]
    public void Top_OfTypeLeaves_CreditsTheAllocatingMethod()
    {
        var profile = new Profile(new Measure("alloc_space", "bytes"));
        var method = profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame("Shop.Pay", "Shop")));
        profile.Add(profile.Stacks.Push(method, profile.Frames.Intern(new Frame("System.Int32", "[type]", FrameKind.AllocatedType))), 0, 24);
        profile.Add(profile.Stacks.Push(method, profile.Frames.Intern(new Frame("System.String", "[type]", FrameKind.AllocatedType))), 0, 40);

        Assert.Equal([new TopRow("Shop.Pay", "Shop", 64, 64)], TopTable.Of(profile, 0).Rows);
    }
}
