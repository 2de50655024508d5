using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Campaigns;

/// <summary>Campaigns and their targets in tables.</summary>
internal static class CampaignColumns
{
    public static Column<CampaignRow>[] List =>
    [
        new("campaign", row => row.CampaignId),
        new("name", row => row.Name),
        new("state", row => row.State),
        new("services", row => string.Join(' ', row.Services)),
        new("kinds", row => string.Join(' ', row.Kinds.Select(CliJson.NameOf))),
        new("ready", row => row.ReadyCount) { IsNumber = true },
        new("failed", row => row.FailedCount) { IsNumber = true },
        new("targets", row => row.TargetCount) { IsNumber = true },
        new("created", row => row.CreatedAt),
        new("cron", row => row.Cron),
    ];

    public static Column<Campaign>[] One =>
    [
        new("campaign", row => row.CampaignId),
        new("name", row => row.Spec.Name),
        new("state", row => row.State),
        new("created", row => row.CreatedAt),
        new("ended", row => row.EndedAt),
        new("requested by", row => row.Spec.RequestedBy),
        new("reason", row => row.Spec.Reason),
        new("population", row => row.PopulationSize),
        new("seed", row => row.Seed),
        new("cron", row => row.Spec.Cron),
        new("next run", row => row.NextRunAt),
        new("last problem", row => row.LastProblem),
        new("pause over", row => row.Spec.WhenPauseOverMs, row => row.Spec.WhenPauseOverMs is { } limit ? Human.Milliseconds(limit) : "") { Csv = "when_pause_over_ms" },
    ];

    public static Column<CampaignTarget>[] Targets =>
    [
        new("capture", row => row.CaptureId),
        new("service", row => row.Service),
        new("version", row => row.Version),
        new("instance", row => row.InstanceId),
        new("kind", row => row.Kind),
        new("probability", row => row.InclusionProbability) { IsNumber = true },
        new("state", row => row.State, StateOf),
        new("next step", row => row.Failure == CaptureFailure.None ? null : CaptureFailureAdvice.NextStep(row.Failure)),
    ];

    public static string StateOf(CampaignTarget row) => row switch
    {
        { State: CaptureState.Running, Phase: CapturePhase.Collecting } => $"collecting {row.DoneSeconds}/{row.TotalSeconds} s",
        { State: CaptureState.Running, Phase: CapturePhase.Armed } => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"armed {row.DoneSeconds}/{row.TotalSeconds} s, waiting for a pause over {row.WhenPauseOverMs} ms"),
        { State: CaptureState.Running, Phase: not CapturePhase.Unknown } => CliJson.NameOf(row.Phase),
        { Failure: not CaptureFailure.None and not CaptureFailure.Cancelled } => $"{CliJson.NameOf(row.State)} ({CliJson.NameOf(row.Failure)})",
        _ => CliJson.NameOf(row.State),
    };
}
