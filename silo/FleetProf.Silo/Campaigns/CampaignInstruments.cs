using System.Diagnostics.Metrics;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>Metrics of campaigns: fleetprof.campaigns.*.</summary>
internal static class CampaignInstruments
{
    private static readonly Meter Meter = new("FleetProf.Campaigns");

    private static readonly Counter<long> Created = Meter.CreateCounter<long>("fleetprof.campaigns.created", "{campaign}", "Campaigns that were created.");

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("fleetprof.campaigns.ended", "{campaign}", "Campaigns that ended, by state.");

    private static readonly Counter<long> Starts =
        Meter.CreateCounter<long>("fleetprof.campaigns.starts", "{start}", "Orders to agents by answer (None: on its way; Unknown: no answer came).");

    private static readonly Counter<long> Captures =
        Meter.CreateCounter<long>("fleetprof.campaigns.captures", "{capture}", "Captures that became final, by kind, state and failure.");

    private static readonly Histogram<double> StepDuration =
        Meter.CreateHistogram<double>("fleetprof.campaigns.step.duration", "s", "Durable steps, from planning to the commit.");

    private static readonly Counter<long> StepFailures =
        Meter.CreateCounter<long>("fleetprof.campaigns.step.failures", "{step}", "Steps whose write failed; the campaign starts again from what is stored.");

    public static void CampaignCreated() => Created.Add(1);

    public static void CampaignEnded(CampaignState state) => Ended.Add(1, new KeyValuePair<string, object?>("state", state.ToString()));

    public static void StartAnswered(CaptureFailure? answer) =>
        Starts.Add(1, new KeyValuePair<string, object?>("answer", answer?.ToString() ?? "Unknown"));

    public static void CaptureEnded(StoredTarget target) => Captures.Add(
        1,
        new KeyValuePair<string, object?>("kind", target.Kind.ToString()),
        new KeyValuePair<string, object?>("state", target.State.ToString()),
        new KeyValuePair<string, object?>("failure", target.Failure.ToString()));

    public static void Stepped(TimeSpan duration) => StepDuration.Record(duration.TotalSeconds);

    public static void StepFailed() => StepFailures.Add(1);
}
