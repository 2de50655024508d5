using CsCheck;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Tests.Profiles;

/// <summary>Random samples: stacks of a few names, so that prefixes are shared and frames recur. They came by turns in one of three slices of the time.</summary>
internal static class RandomProfiles
{
    public static readonly Gen<List<(int[] Stack, int Value)>> Samples =
        Gen.Select(Gen.Int[0, 5].Array[0, 8], Gen.Int[1, 100]).List[0, 40].Select(samples => samples.ToList());

    public const int Slices = 3;

    public static string Name(int frame) => $"Shop.M{frame}";

    public static Profile ToProfile(List<(int[] Stack, int Value)> samples)
    {
        var profile = new Profile(new Measure("samples", "count"), new Measure("double_samples", "count")) { SliceMs = [100, 100, 40] };
        foreach (var (sample, (stack, value)) in samples.Index())
        {
            var at = StackTable.Root;
            foreach (var frame in stack)
            {
                at = profile.Stacks.Push(at, profile.Frames.Intern(new Frame(Name(frame), "Shop")));
            }

            profile.Add(at, 0, value);
            profile.Add(at, 1, value * 2);
            profile.AddInSlice(at, sample % Slices, value);
            profile.CountSamples(1);
        }

        return profile;
    }
}
