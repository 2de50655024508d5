using CsCheck;
using FleetProf.Analysis.Profiles;
using FleetProf.Analysis.Profiles.Merged;

namespace FleetProf.Analysis.Tests.Profiles.Merged;

public sealed class MergedProfileTests
{
    [Fact]
    public void Profile_OfManyCaptures_IsTheWeightedSumOfEachStack() =>
        Gen.Select(RandomProfiles.Samples, Gen.Int[1, 10]).Array[1, 5].Sample(captures =>
        {
            var sample = new FleetSample([.. captures.Select((capture, i) => new DrawnCapture($"service{i}", 1.0 / capture.Item2))]);
            var merged = MergedProfile.Of(sample, [.. captures.Select(capture => RandomProfiles.ToProfile(capture.Item1))]);

            var expected = captures.SelectMany(capture => capture.Item1.Select(one => (Stack: string.Join(';', one.Stack.Select(RandomProfiles.Name)), Value: (double)one.Value * capture.Item2)))
                .GroupBy(one => one.Stack).ToDictionary(stack => stack.Key, stack => stack.Sum(one => one.Value));
            var actual = merged.SampledStacks().ToDictionary(stack => string.Join(';', merged.Stacks.RootFirst(stack).Select(frame => merged.Frames[frame].Name)), stack => merged.Self(stack, 0));
            Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
            Assert.All(expected, stack => Assert.Equal(stack.Value, actual[stack.Key], 1e-6));
            Assert.Equal(captures.Sum(capture => capture.Item1.Count), merged.SampleCount);
        });

    [Fact]
    public void Profile_OfDifferentMeasures_IsRefused() => Assert.Throws<ArgumentException>(() => MergedProfile.Of(
        new FleetSample([new("web", 1), new("web", 1)]),
        [new Profile(new Measure("samples", "count")), new Profile(new Measure("alloc_space", "bytes"))]));

    [Fact]
    public void Inverted_Twice_IsTheProfileItself() => RandomProfiles.Samples.Sample(samples =>
    {
        var profile = RandomProfiles.ToProfile(samples);
        var twice = profile.Inverted().Inverted();

        Assert.Equal(Lines(profile), Lines(twice));
        Assert.Equal(profile.SampleCount, twice.SampleCount);
    });

    private static List<string> Lines(Profile profile)
    {
        using var text = new StringWriter();
        CollapsedWriter.Write(profile, 0, text);
        return [.. text.ToString().Split('\n').Order(StringComparer.Ordinal)];
    }
}
