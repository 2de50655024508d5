using System.Text.Json;
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

    [Fact]
    public void Json_OfMoreMethodsThanItLists_SaysWhatTheOthersHaveTogether()
    {
        const int Light = 10;
        var profile = new Profile(new Measure("samples", "count"));
        for (var method = 0; method < TopTable.MaxJsonRows + Light; method++)
        {
            profile.Add(profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame($"Shop.M{method}", "Shop"))), 0, method < Light ? 3 : 100);
        }

        using var stream = new MemoryStream();
        TopTable.Of(profile, 0).WriteJson(stream, "samples");
        using var json = JsonDocument.Parse(stream.ToArray());

        var root = json.RootElement;
        Assert.Equal((TopTable.MaxJsonRows, 3L * Light), (root.GetProperty("rows").GetArrayLength(), root.GetProperty("otherSelf").GetInt64()));
        Assert.Equal(root.GetProperty("total").GetInt64(), root.GetProperty("otherSelf").GetInt64() + root.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("self").GetInt64()));
    }
}
