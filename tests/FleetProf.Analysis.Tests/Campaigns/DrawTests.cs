using CsCheck;
using FleetProf.Analysis.Campaigns;

namespace FleetProf.Analysis.Tests.Campaigns;

public sealed class DrawTests
{
    private static readonly Gen<SampleRule> Rules = Gen.OneOf(
        Gen.Int[1, 30].Select(size => new SampleRule(size, null)),
        Gen.Double[0.001, 1].Select(fraction => new SampleRule(null, fraction)));

    private static readonly Gen<DrawCandidate[]> Populations = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4]).Array[0, 60]
        .Select(places => places.Select((place, index) => new DrawCandidate($"i{index}", $"service{place.Item1}", $"{place.Item2}.0")).ToArray());

    [Fact]
    public void Draw_OfAnyPopulation_HasTheExactSizePerServiceAndStoresItsProbability() => Gen.Select(Populations, Rules, Gen.Long).Sample((population, rule, seed) =>
    {
        var draw = Draw.Of(population, rule, seed);

        Assert.Equal(draw.Count, draw.Select(drawn => drawn.InstanceId).Distinct().Count());
        foreach (var service in population.GroupBy(candidate => candidate.Service))
        {
            var drawn = draw.Where(instance => instance.Service == service.Key).ToList();
            var expected = Math.Min(service.Count(), rule.Size ?? Math.Max(1, (int)Math.Ceiling(rule.Fraction!.Value * service.Count())));
            Assert.Equal(expected, drawn.Count);
            Assert.Subset(service.Select(candidate => candidate.InstanceId).ToHashSet(), drawn.Select(instance => instance.InstanceId).ToHashSet());
            Assert.All(drawn, instance => Assert.Equal((double)expected / service.Count(), instance.InclusionProbability));
        }
    });

    [Fact]
    public void Draw_OfManyVersions_GivesEachItsShareRoundedUpOrDown() => Gen.Select(Populations, Rules, Gen.Long).Sample((population, rule, seed) =>
    {
        var drawn = Draw.Of(population, rule, seed).Select(instance => instance.InstanceId).ToHashSet();
        foreach (var service in population.GroupBy(candidate => candidate.Service))
        {
            var size = service.Count(candidate => drawn.Contains(candidate.InstanceId));
            foreach (var version in service.GroupBy(candidate => candidate.Version))
            {
                var share = (double)size * version.Count() / service.Count();
                var got = version.Count(candidate => drawn.Contains(candidate.InstanceId));
                Assert.InRange(got, (int)Math.Floor(share), (int)Math.Ceiling(share));
            }
        }
    });

    [Fact]
    public void Draw_WithTheSameSeed_IsTheSameInWhateverOrderTheFleetIsListed() => Gen.Select(Populations, Rules, Gen.Long).Sample((population, rule, seed) =>
    {
        var reversed = population.Reverse().ToArray();

        Assert.Equal(Draw.Of(population, rule, seed), Draw.Of(reversed, rule, seed));
    });

    [Fact]
    public void Draw_OfOneService_DoesNotDependOnTheOthers() => Gen.Select(Populations, Rules, Gen.Long).Sample((population, rule, seed) =>
    {
        var alone = population.Where(candidate => candidate.Service == "service1").ToArray();

        Assert.Equal(Draw.Of(population, rule, seed).Where(drawn => drawn.Service == "service1"), Draw.Of(alone, rule, seed));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(12)]
    public void Draw_OverManySeeds_IncludesEveryInstanceAsOftenAsItsProbabilitySays(int size)
    {
        // Uneven on purpose: a version of one instance is the one that a draw per version would lose or favour.
        string[] versions = ["1.0", "1.0", "1.0", "1.0", "1.0", "1.0", "1.0", "1.1", "1.1", "1.1", "1.1", "1.2"];
        var population = versions.Select((version, index) => new DrawCandidate($"i{index:d2}", "checkout", version)).ToArray();
        const int Draws = 20_000;
        var included = new Dictionary<string, int>();
        for (var seed = 0; seed < Draws; seed++)
        {
            foreach (var drawn in Draw.Of(population, new SampleRule(size, null), seed))
            {
                included[drawn.InstanceId] = included.GetValueOrDefault(drawn.InstanceId) + 1;
            }
        }

        var probability = (double)size / population.Length;
        var deviation = Math.Sqrt(Draws * probability * (1 - probability));
        Assert.All(population, candidate =>
            Assert.InRange(included[candidate.InstanceId], Draws * probability - 4.5 * deviation, Draws * probability + 4.5 * deviation));
    }

    [Fact]
    public void Estimate_WeightedByTheInverseProbability_IsRightOnAverage()
    {
        var population = Enumerable.Range(0, 20).Select(index => new DrawCandidate($"i{index:d2}", "checkout", index < 17 ? "1.0" : $"2.{index}")).ToArray();
        var bytes = population.ToDictionary(candidate => candidate.InstanceId, candidate => candidate.Version == "1.0" ? 10.0 : 1_000.0);
        const int Draws = 20_000;
        var sum = 0.0;
        var squares = 0.0;
        for (var seed = 0; seed < Draws; seed++)
        {
            var estimate = Draw.Of(population, new SampleRule(3, null), seed).Sum(drawn => bytes[drawn.InstanceId] / drawn.InclusionProbability);
            sum += estimate;
            squares += estimate * estimate;
        }

        var mean = sum / Draws;
        var error = Math.Sqrt((squares / Draws - mean * mean) / Draws);
        Assert.InRange(bytes.Values.Sum(), mean - 4.5 * error, mean + 4.5 * error);
    }

    /// <summary>Stored draws are repeated from their seed: this must never change.</summary>
    [Fact]
    public void Draw_OfAKnownSeed_StaysAsItIs()
    {
        var population = Enumerable.Range(0, 10).Select(index => new DrawCandidate($"i{index}", "checkout", index < 6 ? "1.0" : "1.1"));

        Assert.Equal("i4 i6 i0", string.Join(' ', Draw.Of(population, new SampleRule(3, null), 42).Select(drawn => drawn.InstanceId)));
    }

    [Theory]
    [InlineData(30, 0.1, 3)]
    [InlineData(31, 0.1, 4)]
    [InlineData(1, 0.001, 1)]
    [InlineData(5, 1.0, 5)]
    [InlineData(0, 0.5, 0)]
    public void Fraction_OfAPopulation_IsRoundedUpButNotByRoundingErrors(int population, double fraction, int expected) =>
        Assert.Equal(expected, new SampleRule(null, fraction).SizeOf(population));
}
