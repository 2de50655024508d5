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
    public void Json_OfRandomSamples_SaysWhatCameInEachSliceOfTheTime() =>
        Gen.Select(RandomProfiles.Samples, Gen.Int[2, 60]).Sample((samples, limit) =>
        {
            var flame = Written(RandomProfiles.ToProfile(samples), limit);

            for (var slice = 0; slice < RandomProfiles.Slices; slice++)
            {
                var totals = SelfAndChildrenIn(flame, slice);
                foreach (var (node, path) in Paths(flame).Index().Where(place => !place.Item.Contains("[lighter frames]")))
                {
                    var came = samples.Where((sample, at) => at % RandomProfiles.Slices == slice && sample.Stack.Take(path.Count).Select(RandomProfiles.Name).SequenceEqual(path));
                    Assert.Equal(came.Sum(sample => (long)sample.Value), totals[node]);
                }
            }
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
            root.GetProperty("droppedNodes").GetInt64(),
            root.TryGetProperty("slices", out var slices) ? [.. Numbers(slices, "node").Zip(Numbers(slices, "slice"), Numbers(slices, "self"))] : []);
    }

    private static List<long> Numbers(JsonElement flame, string column) => [.. flame.GetProperty(column).EnumerateArray().Select(value => value.GetInt64())];

    // Of each node the names from the root's callee on.
    private static IEnumerable<List<string>> Paths(Columns flame)
    {
        var path = new List<string>();
        foreach (var (node, level) in flame.Level.Index())
        {
            path.RemoveRange((int)level, path.Count - (int)level);
            path.Add(flame.Names[(int)flame.Name[node]]);
            yield return [.. path.Skip(1)];
        }
    }

    // What came in a slice to each node and all below it, by the levels alone.
    private static List<long> SelfAndChildrenIn(Columns flame, int slice)
    {
        var sums = new long[flame.Level.Count];
        foreach (var (node, _, self) in flame.Slices.Where(entry => entry.Slice == slice))
        {
            sums[node] += self;
            var level = flame.Level[(int)node];
            // Its callers are the nearest nodes before it on each lower level.
            for (var at = node; level > 0; at--)
            {
                if (flame.Level[(int)at] < level)
                {
                    sums[at] += self;
                    level = flame.Level[(int)at];
                }
            }
        }

        return [.. sums];
    }

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

    private sealed record Columns(List<string> Names, List<long> Name, List<long> Level, List<long> Totals, List<long> Self, long DroppedNodes, List<(long Node, long Slice, long Self)> Slices);
}
