namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>The profiles of a campaign as one profile of the whole fleet: every value counts as often as its capture stands for.</summary>
public static class MergedProfile
{
    /// <param name="sample">The captures.</param>
    /// <param name="profiles">In their order; all with the same measures.</param>
    /// <exception cref="ArgumentException">The profiles measure different things.</exception>
    public static Profile Of(FleetSample sample, IReadOnlyList<Profile> profiles)
    {
        ArgumentOutOfRangeException.ThrowIfZero(profiles.Count);
        var first = profiles[0];
        if (profiles.Any(profile => !profile.Measures.SequenceEqual(first.Measures)))
        {
            throw new ArgumentException("Profiles that measure different things have no sum.", nameof(profiles));
        }

        var merged = new Profile(first.Measures)
        {
            StartedAt = profiles.Min(profile => profile.StartedAt),
            Duration = profiles.Max(profile => profile.Duration),
            Period = first.Period,
            PeriodMeasure = first.PeriodMeasure,
        };
        for (var i = 0; i < profiles.Count; i++)
        {
            Add(merged, profiles[i], sample.Weights[i]);
        }

        return merged;
    }

    private static void Add(Profile merged, Profile profile, double weight)
    {
        var frames = Enumerable.Range(0, profile.Frames.Count).Select(frame => merged.Frames.Intern(profile.Frames[frame])).ToArray();
        var stacks = new int[profile.Stacks.Count];
        // A parent has the smaller id, so its own stack is known before its children ask for it.
        for (var stack = 1; stack < stacks.Length; stack++)
        {
            stacks[stack] = merged.Stacks.Push(stacks[profile.Stacks.Parent(stack)], frames[profile.Stacks.LeafFrame(stack)]);
        }

        foreach (var stack in profile.SampledStacks())
        {
            for (var measure = 0; measure < profile.Measures.Count; measure++)
            {
                merged.Add(stacks[stack], measure, weight * profile.Self(stack, measure));
            }
        }

        merged.CountSamples(profile.SampleCount);
    }
}
