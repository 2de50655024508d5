namespace FleetProf.Analysis.Fleet;

/// <summary>
/// Decides what is a deploy: a version never seen before in its service and environment. A process without a version
/// says nothing; an older version that is discovered late (its host was not watched) has no predecessor it could be compared with.
/// </summary>
public static class DeployRecognition
{
    /// <summary>Weighs sightings of one service against its known versions. Idempotent: the same sightings on what it returned change nothing.</summary>
    public static SightingOutcome Recognise(IReadOnlyCollection<KnownVersion> known, IEnumerable<VersionSighting> sightings)
    {
        var versions = known.ToDictionary(version => (version.Environment, version.Version));
        var deploys = new List<DeployFinding>();
        var changed = new HashSet<(string Environment, string Version)>();

        // By start: when several versions are seen at once, the older one is what ran before.
        foreach (var sighting in sightings.Where(sighting => sighting.Version.Length > 0).OrderBy(sighting => sighting.StartedAt))
        {
            var key = (sighting.Environment, sighting.Version);
            if (!versions.TryGetValue(key, out var version))
            {
                deploys.Add(new DeployFinding(
                    sighting.Environment, sighting.Version, RunningBefore(versions.Values, sighting.Environment, sighting.StartedAt), sighting.StartedAt));
                versions[key] = new KnownVersion(sighting.Environment, sighting.Version, sighting.StartedAt, sighting.StartedAt);
                changed.Add(key);
            }
            else if (sighting.StartedAt < version.FirstStartedAt || sighting.StartedAt > version.LatestStartedAt)
            {
                versions[key] = version with
                {
                    FirstStartedAt = sighting.StartedAt < version.FirstStartedAt ? sighting.StartedAt : version.FirstStartedAt,
                    LatestStartedAt = sighting.StartedAt > version.LatestStartedAt ? sighting.StartedAt : version.LatestStartedAt,
                };
                changed.Add(key);
            }
        }

        return changed.Count == 0 ? SightingOutcome.Nothing : new SightingOutcome([.. changed.Select(key => versions[key])], deploys);
    }

    /// <summary>An announced start of a version, seen or not. Announcing the version that already runs is a restart: nothing to compare.</summary>
    public static DeployFinding Announced(IEnumerable<KnownVersion> known, string environment, string version, DateTimeOffset startedAt) =>
        new(environment, version, RunningBefore(known, environment, startedAt), startedAt);

    /// <summary>Of the versions that had begun to run by then, the one that was started last: after a rollback that is the older one.</summary>
    private static string RunningBefore(IEnumerable<KnownVersion> known, string environment, DateTimeOffset time) =>
        known.Where(version => version.Environment == environment && version.FirstStartedAt <= time)
            .MaxBy(version => (version.LatestStartedAt, version.FirstStartedAt, version.Version))?.Version ?? "";
}
