using CsCheck;
using FleetProf.Analysis.Profiles.Merged;

namespace FleetProf.Analysis.Tests.Profiles.Merged;

public sealed class HeavyNamesTests
{
    private const int Kept = 4;

    private static readonly Gen<(int Name, int Weight)[]> Streams = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 100]).Array[0, 300];

    [Fact]
    public void Names_ThatAllFit_AreInTheirOrder() => Gen.Select(Gen.Int[0, 2 * Kept - 1], Gen.Int[0, 100]).Array[0, 100].Sample(stream =>
    {
        var names = Fed(stream);

        Assert.Equal(0, names.Missed);
        Assert.Equal(Sums(stream).Take(3).Select(sum => sum.Name).Order(StringComparer.Ordinal), names.Heaviest(3).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void Names_OfAnyStream_HoldAllThatHaveMoreThanTheirPart() => Streams.Sample(stream =>
    {
        var names = Fed(stream);
        var found = names.Heaviest(int.MaxValue);

        var all = stream.Sum(one => one.Weight);
        Assert.True(names.Missed <= all / (Kept + 1.0));
        Assert.True(found.Count <= 2 * Kept);
        Assert.Subset(found.ToHashSet(), Sums(stream).Where(sum => sum.Weight > all / (Kept + 1.0)).Select(sum => sum.Name).ToHashSet());
    });

    /// <summary>Without what all lose, "again" would go at every turn and never be found, though it is the heaviest in the end.</summary>
    [Fact]
    public void Name_ThatComesAgainAndAgain_IsFoundAmongFirmOnes()
    {
        var names = new HeavyNames(kept: 2);
        names.Add("firm1", 10);
        names.Add("firm2", 10);
        for (var turn = 0; turn < 100; turn++)
        {
            names.Add("again", 9);
            names.Add($"once{turn}", 1);
            names.Add($"only{turn}", 1);
        }

        Assert.Equal("again", Assert.Single(names.Heaviest(1)));
    }

    [Fact]
    public void Names_OfGreatLength_AreFewer()
    {
        var names = new HeavyNames(kept: 1_000, mostCharacters: 10_000);
        for (var i = 0; i < 500; i++)
        {
            names.Add(new string((char)('a' + (i % 26)), 100 + i), 1 + (i == 7 ? 1_000 : 0));
            Assert.True(names.Heaviest(int.MaxValue).Sum(name => name.Length) <= 10_000);
        }

        Assert.Equal(107, Assert.Single(names.Heaviest(1)).Length);
    }

    private static HeavyNames Fed((int Name, int Weight)[] stream)
    {
        var names = new HeavyNames(Kept);
        foreach (var (name, weight) in stream)
        {
            names.Add($"n{name}", weight);
        }

        return names;
    }

    private static IEnumerable<(string Name, int Weight)> Sums((int Name, int Weight)[] stream) => stream.GroupBy(one => $"n{one.Name}")
        .Select(name => (Name: name.Key, Weight: name.Sum(one => one.Weight)))
        .Where(sum => sum.Weight > 0)
        .OrderByDescending(sum => sum.Weight).ThenBy(sum => sum.Name, StringComparer.Ordinal);
}
