namespace FleetProf.Analysis.Campaigns;

/// <summary>The seeded random choice of a campaign: the same seed and population give the same draw, in whatever order the population comes.</summary>
/// <remarks>
/// Each service is a stratum of its own. Within it the instances stand in line version by version, shuffled inside each
/// version, and every (N/n)-th is taken from a random start. So exactly n are drawn, each with probability n/N, and each
/// version gets its share of n rounded up or down. Drawing n per version instead could leave small versions without any
/// chance, and no weight repairs that.
/// </remarks>
public static class Draw
{
    /// <summary>By service, each with its drawn instances in the order in which they are to be captured.</summary>
    public static IReadOnlyList<DrawnInstance> Of(IEnumerable<DrawCandidate> population, SampleRule rule, long seed) =>
    [
        .. population
            .DistinctBy(candidate => candidate.InstanceId)
            .GroupBy(candidate => candidate.Service, StringComparer.Ordinal)
            .OrderBy(service => service.Key, StringComparer.Ordinal)
            .SelectMany(service => OfService(service.Key, [.. service], rule, SplitMix.Of(seed, service.Key))),
    ];

    private static List<DrawnInstance> OfService(string service, IReadOnlyList<DrawCandidate> population, SampleRule rule, SplitMix random)
    {
        var line = InLine(population, random);
        var size = rule.SizeOf(line.Count);
        var start = random.Below(line.Count);
        var drawn = new List<DrawnInstance>(size);
        for (var at = 0; at < line.Count; at++)
        {
            // Integer arithmetic keeps the size exact: the counter passes a multiple of N exactly n times.
            if (((at + 1L) * size + start) / line.Count > ((long)at * size + start) / line.Count)
            {
                drawn.Add(new DrawnInstance(line[at].InstanceId, service, (double)size / line.Count));
            }
        }

        random.Shuffle(drawn);
        return drawn;
    }

    private static List<DrawCandidate> InLine(IReadOnlyList<DrawCandidate> population, SplitMix random)
    {
        var line = new List<DrawCandidate>(population.Count);
        foreach (var version in population.GroupBy(candidate => candidate.Version, StringComparer.Ordinal).OrderBy(version => version.Key, StringComparer.Ordinal))
        {
            var members = version.OrderBy(candidate => candidate.InstanceId, StringComparer.Ordinal).ToList();
            random.Shuffle(members);
            line.AddRange(members);
        }

        return line;
    }
}
