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

    /// <summary>
    /// The deploy of a version that was never seen before, with what it really replaced: the version started last may be a canary that was taken back
    /// since. What most instances ran by then is what it is compared with; where none did, as between stopping the old ones and starting the new, what
    /// was seen last. Where the catalog has no instances of that time any more, nothing changes.
    /// </summary>
    /// <param name="finding">As it follows from the starts of versions alone.</param>
    /// <param name="presence">At the time that the deploy began.</param>
    public static DeployFinding Weigh(DeployFinding finding, IEnumerable<VersionPresence> presence) =>
        presence.Where(other => other.Environment == finding.Environment && other.Version != finding.Version)
            .MaxBy(other => (other.RunningCount, other.LastSeenAt, other.LatestStartedAt, other.Version)) is { } before
            ? finding with { PreviousVersion = before.Version }
            : finding;

    /// <summary>An announced start of a version, seen or not. Announcing the version that already runs is a restart: nothing to compare.</summary>
    /// <param name="known">Versions of the service.</param>
    /// <param name="presence">At the announced time.</param>
    /// <param name="environment">Where it starts.</param>
    /// <param name="version">What starts.</param>
    /// <param name="startedAt">The announced time.</param>
    public static DeployFinding Announced(
        IReadOnlyCollection<KnownVersion> known, IReadOnlyCollection<VersionPresence> presence, string environment, string version, DateTimeOffset startedAt)
    {
        if (!known.Any(other => other.Environment == environment && other.Version == version))
        {
            return Weigh(new DeployFinding(environment, version, RunningBefore(known, environment, startedAt), startedAt), presence);
        }

        // One that is known once more: of what runs, the version that was started last is replaced or restarted.
        var running = Running(presence, environment);
        var previous = RunningBefore(known.Where(other => running.Contains(other.Version)), environment, startedAt);
        return new DeployFinding(environment, version, previous.Length > 0 ? previous : RunningBefore(known, environment, startedAt), startedAt);
    }

    /// <summary>Whether a version may have run: the catalog has running instances of it at that time, or of no version at all.</summary>
    public static bool MayHaveRun(IEnumerable<VersionPresence> presence, string environment, string version)
    {
        var running = Running(presence, environment);
        return running.Count == 0 || running.Contains(version);
    }

    private static HashSet<string> Running(IEnumerable<VersionPresence> presence, string environment) =>
        presence.Where(other => other.Environment == environment && other.RunningCount > 0).Select(other => other.Version).ToHashSet(StringComparer.Ordinal);

    /// <summary>Of the versions that had begun to run by then, the one that was started last: after a rollback that is the older one.</summary>
    private static string RunningBefore(IEnumerable<KnownVersion> known, string environment, DateTimeOffset time) =>
        known.Where(version => version.Environment == environment && version.FirstStartedAt <= time)
            .MaxBy(version => (version.LatestStartedAt, version.FirstStartedAt, version.Version))?.Version ?? "";
}
