using CsCheck;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Profiles;

/// <summary>Random samples: stacks of a few names, so that prefixes are shared and frames recur.</summary>
internal static class RandomProfiles
{
    public static readonly Gen<List<(int[] Stack, int Value)>> Samples =
        Gen.Select(Gen.Int[0, 5].Array[0, 8], Gen.Int[1, 100]).List[0, 40].Select(samples => samples.ToList());

    public static string Name(int frame) => $"Shop.M{frame}";

    public static Profile ToProfile(List<(int[] Stack, int Value)> samples)
    {
        var profile = new Profile(new Measure("samples", "count"), new Measure("double_samples", "count"));
        foreach (var (stack, value) in samples)
        {
            var at = StackTable.Root;
            foreach (var frame in stack)
            {
                at = profile.Stacks.Push(at, profile.Frames.Intern(new Frame(Name(frame), "Shop")));
            }

            profile.Add(at, 0, value);
            profile.Add(at, 1, value * 2);
            profile.CountSamples(1);
        }

        return profile;
    }
}
