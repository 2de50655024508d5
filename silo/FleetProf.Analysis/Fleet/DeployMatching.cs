namespace FleetProf.Analysis.Fleet;

/// <summary>Decides whether what a pipeline announces and what an agent sees is one deploy.</summary>
public static class DeployMatching
{
    /// <summary>Pipelines announce at the begin or at the end of a rollout; further apart, it is another one of the same version.</summary>
    private static readonly TimeSpan SameRollout = TimeSpan.FromHours(1);

    /// <summary>Of the deploys of the announced version in its environment, the one that the announcement belongs to; null when it is one of its own.</summary>
    public static RecordedDeploy? OfAnnouncement(IEnumerable<RecordedDeploy> recorded, DateTimeOffset startedAt)
    {
        var all = recorded.ToList();
        return all.FirstOrDefault(deploy => deploy.AnnouncedAt == startedAt)
            ?? all.Where(deploy => deploy.AnnouncedAt is null && (deploy.StartedAt - startedAt).Duration() <= SameRollout)
                .MinBy(deploy => (deploy.StartedAt - startedAt).Duration());
    }

    /// <summary>Of the deploys of a version seen for the first time, the one that was announced before; null when nobody announced it.</summary>
    public static RecordedDeploy? OfFirstSighting(IEnumerable<RecordedDeploy> recorded) => recorded.Where(deploy => deploy.SeenAt is null).MaxBy(deploy => deploy.StartedAt);
}
