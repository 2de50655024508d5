using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Comparisons;

/// <summary>A comparison that people often want: one click instead of six fields.</summary>
internal sealed record ComparePreset(string Title, ComparePageState State)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Deploys of the service, newest first; times to the minute, so that the same click gives the same address for a while.</summary>
    public static IEnumerable<ComparePreset> Of(string service, IReadOnlyList<Deploy> deploys, string? running, DateTimeOffset now)
    {
        foreach (var deploy in deploys.Where(deploy => deploy.PreviousVersion.Length > 0).Take(3))
        {
            yield return new($"{deploy.PreviousVersion} → {deploy.Version}", new()
            {
                Service = service, Baseline = deploy.PreviousVersion, Candidate = deploy.Version, Environment = deploy.Environment.Length > 0 ? deploy.Environment : null,
            });
        }

        if ((deploys.Count > 0 ? deploys[0].Version : running) is not { } current)
        {
            yield break;
        }

        var end = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        foreach (var (title, ago) in new[] { ("Last hour, hour before", Hour), ("Last hour, a day ago", TimeSpan.FromDays(1)), ("Last hour, a week ago", TimeSpan.FromDays(7)) })
        {
            yield return new(title, new()
            {
                Service = service,
                Baseline = VersionAt(deploys, end - ago) ?? current,
                Candidate = current,
                BaselineFrom = end - ago - Hour,
                BaselineTo = end - ago,
                CandidateFrom = end - Hour,
                CandidateTo = end,
            });
        }
    }

    /// <summary>The version that ran just before a time: of the last deploy before it, or what the first one after it replaced.</summary>
    private static string? VersionAt(IReadOnlyList<Deploy> deploys, DateTimeOffset at) =>
        deploys.FirstOrDefault(deploy => deploy.StartedAt < at)?.Version ?? (deploys is [.., { PreviousVersion.Length: > 0 } oldest] ? oldest.PreviousVersion : null);
}
