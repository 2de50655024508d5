using CsCheck;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Profiles;

public sealed class CallTreeTests
{
    [Fact]
    public void Flame_OfRandomSamples_HasANodePerDistinctPrefixWithItsSum() => RandomProfiles.Samples.Sample(samples =>
    {
        var expected = new SortedDictionary<string, (double Total, double Self)>(StringComparer.Ordinal) { ["all"] = (0, 0) };
        foreach (var (stack, value) in samples)
        {
            for (var depth = 0; depth <= stack.Length; depth++)
            {
                var key = string.Join(';', stack.Take(depth).Select(RandomProfiles.Name).Prepend("all"));
                var sum = expected.GetValueOrDefault(key);
                expected[key] = (sum.Total + value, sum.Self + (depth == stack.Length ? value : 0));
            }
        }

        var flame = FlameGraph.Of(RandomProfiles.ToProfile(samples), 0);

        Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), Paths(flame).OrderBy(pair => pair.Path, StringComparer.Ordinal));
    });

    [Fact]
    public void PreOrder_OfRandomSamples_PutsTheHeaviestSiblingFirst() => RandomProfiles.Samples.Sample(samples =>
    {
        var flame = FlameGraph.Of(RandomProfiles.ToProfile(samples), 0);
        for (var i = 1; i < flame.Level.Count; i++)
        {
            var sibling = Enumerable.Range(0, i).Reverse().TakeWhile(j => flame.Level[j] >= flame.Level[i]).FirstOrDefault(j => flame.Level[j] == flame.Level[i], -1);
            Assert.True(sibling < 0 || flame.Totals[sibling] >= flame.Totals[i]);
        }
    });

    [Fact]
    public void PreOrder_BeyondTheNodeLimit_KeepsTheHeaviestWithTheirAncestors() =>
        Gen.Select(RandomProfiles.Samples, Gen.Int[2, 30]).Sample((samples, limit) =>
        {
            var whole = Paths(FlameGraph.Of(RandomProfiles.ToProfile(samples), 0));
            var cut = FlameGraph.Of(RandomProfiles.ToProfile(samples), 0, limit);
            var kept = Paths(cut).FindAll(path => !path.Path.EndsWith("[lighter frames]", StringComparison.Ordinal));

            Assert.True(cut.Level.Count <= limit);
            Assert.Equal(whole.Count - kept.Count, cut.DroppedNodes);
            Assert.Subset(whole.ToHashSet(), kept.ToHashSet());
            var dropped = whole.Except(kept).Select(path => path.Sum.Total);
            Assert.True(cut.DroppedNodes == 0 || dropped.Max() <= kept.Min(path => path.Sum.Total));
        });

    [Fact]
    public void Tree_OfAVeryDeepStack_IsBuiltWithoutRecursion()
    {
        var profile = new Profile(new Measure("samples", "count"));
        var at = StackTable.Root;
        for (var depth = 0; depth < 300_000; depth++)
        {
            at = profile.Stacks.Push(at, profile.Frames.Intern(new Frame($"M{depth % 7}", "")));
        }

        profile.Add(at, 0, 5);

        Assert.Equal(300_001, CallTree.Of(profile, 0).PreOrder().Count());
        Assert.Equal(5, TopTable.Of(profile, 0).Rows.Max(row => row.Total));
    }

    // The node paths a flame graph stands for, rebuilt from its columns.
    private static List<(string Path, (double Total, double Self) Sum)> Paths(FlameGraph flame)
    {
        var paths = new List<(string, (double, double))>();
        var path = new List<string>();
        for (var i = 0; i < flame.Level.Count; i++)
        {
            path.RemoveRange(flame.Level[i], path.Count - flame.Level[i]);
            path.Add(flame.Names[flame.Name[i]]);
            paths.Add((string.Join(';', path), (flame.Totals[i], flame.Self[i])));
        }

        return paths;
    }
}
