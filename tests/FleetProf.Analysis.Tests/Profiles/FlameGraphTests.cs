using System.Text.Json;
using CsCheck;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Profiles;

/// <summary>The written file, as the portal reads it: its views upside down and of one function are made of selfs and totals alone.</summary>
public sealed class FlameGraphTests
{
    [Fact]
    public void Json_BeyondTheNodeLimit_LosesNoValue() =>
        Gen.Select(RandomProfiles.Samples, Gen.Int[2, 30]).Sample((samples, limit) =>
        {
            var flame = Written(RandomProfiles.ToProfile(samples), limit);

            Assert.Equal(samples.Sum(sample => (long)sample.Value), flame.Self.Sum());
            Assert.Equal(flame.Totals, SelfAndChildren(flame));
        });

    [Fact]
    public void Json_OfMoreStacksThanNodesThatEndInOneLeaf_SumsUpToTheProfile()
    {
        const int Stacks = 150_000;
        var profile = new Profile(new Measure("samples", "count"));
        var leaf = profile.Frames.Intern(new Frame("Shop.Log", "Shop"));
        for (var i = 0; i < Stacks; i++)
        {
            var caller = profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame($"Shop.Caller{i}", "Shop")));
            profile.Add(profile.Stacks.Push(caller, leaf), 0, 1 + (i % 3));
        }

        var flame = Written(profile, FlameGraph.DefaultMaxNodes);

        Assert.Equal((long)profile.Total(0), flame.Self.Sum());
        Assert.Equal(flame.Totals, SelfAndChildren(flame));
        Assert.InRange(flame.Level.Count, FlameGraph.DefaultMaxNodes - 1, FlameGraph.DefaultMaxNodes);
        var rest = flame.Names.IndexOf("[lighter frames]");
        Assert.Equal((2 * Stacks) + 1 - flame.Name.Count(name => name != rest), flame.DroppedNodes);
    }

    [Fact]
    public void Samples_OfUnequalWeight_CountAsSoManyEqualOnesAsAreAsSure()
    {
        var profile = new Profile(new Measure("alloc_space", "bytes"));
        foreach (var (name, bytes, squares) in new[] { ("Shop.Small", 100.0, 1_000.0), ("Shop.Large", 50.0, 2_500.0) })
        {
            var stack = profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame(name, "Shop")));
            profile.Add(stack, 0, bytes);
            profile.AddSquares(stack, squares);
        }

        // Ten samples of 10 bytes, and one of 50: together as sure as 150² / 3,500.
        Assert.Equal([6L, 10L, 1L], FlameGraph.Of(profile, 0).Samples);
        Assert.Equal([6L, 10L, 1L], FlameGraph.Of(profile.Inverted(), 0).Samples);
        Assert.Equal([6L, 6L], FlameGraph.Of(profile, 0, maxNodes: 2).Samples);
        Assert.Equal([10L, 1L], TopTable.Of(profile, 0).Rows.Select(row => row.Samples!.Value));
    }

    private static Columns Written(Profile profile, int maxNodes)
    {
        using var stream = new MemoryStream();
        FlameGraph.Of(profile, 0, maxNodes).WriteJson(stream, "samples", 1, 0);
        using var json = JsonDocument.Parse(stream.ToArray());
        var root = json.RootElement;
        return new Columns(
            [.. root.GetProperty("names").EnumerateArray().Select(name => name.GetString()!)],
            Numbers(root, "name"),
            Numbers(root, "level"),
            Numbers(root, "totals"),
            Numbers(root, "self"),
            root.GetProperty("droppedNodes").GetInt64());
    }

    private static List<long> Numbers(JsonElement flame, string column) => [.. flame.GetProperty(column).EnumerateArray().Select(value => value.GetInt64())];

    // What each node has itself and its children have, by the levels alone.
    private static List<long> SelfAndChildren(Columns flame)
    {
        var sums = flame.Self.ToList();
        var open = new List<int>();
        for (var node = 0; node < flame.Level.Count; node++)
        {
            var level = (int)flame.Level[node];
            open.RemoveRange(level, open.Count - level);
            if (level > 0)
            {
                sums[open[^1]] += flame.Totals[node];
            }

            open.Add(node);
        }

        return sums;
    }

    private sealed record Columns(List<string> Names, List<long> Name, List<long> Level, List<long> Totals, List<long> Self, long DroppedNodes);
}
