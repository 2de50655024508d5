using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Budgets;

namespace FleetProf.Silo.Campaigns;

/// <summary>What becomes of a campaign that touches a service whose captures are on hold: it is stopped, as a person would stop it.</summary>
internal sealed partial class CampaignGrain
{
    public Task ObeyHoldAsync() => current.Spec is null || current.IsOver ? Task.CompletedTask : StepAsync();

    /// <summary>Itself where nothing holds it, or nothing is left that a hold could stop: what was received whole becomes a result. A schedule goes on: its runs are refused while there is a hold.</summary>
    private async Task<StoredCampaign> ObeyHoldsAsync(StoredCampaign campaign, DateTimeOffset now)
    {
        if (campaign.IsRecurring || campaign.StoppedBy is not null
            || HoldBoard.First(await holds.CurrentAsync(), campaign.Targets.Where(target => target.State <= CaptureState.Running).Select(target => target.Service)) is not { } hold)
        {
            return campaign;
        }

        LogHeld(Id, hold.Sentence);
        return campaign with
        {
            State = CampaignState.Stopped,
            StoppedBy = hold.IsByAlert ? "an alert" : hold.PlacedBy,
            LastProblem = $"{hold.Sentence} {campaign.LastProblem}".TrimEnd(),
            Targets = [.. campaign.Targets.Select(target => target.Stop(hold.IsByAlert ? "an alert" : hold.PlacedBy, now, options))],
        };
    }

    /// <summary>By what the catalog says now: who was told that captures are on hold sees none begin.</summary>
    private async Task<CampaignProblem?> FindHoldAsync(CheckedDraft draft) =>
        await holds.AskAsync(draft.Population.Select(instance => instance.Service)) is { } hold ? ToProblem(hold) : null;

    internal static CampaignProblem ToProblem(CaptureHold hold) => new() { Field = CaptureHold.Field, Message = $"{hold.Sentence} {hold.Way}" };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {CampaignId} is stopped. {Hold}")]
    private partial void LogHeld(string campaignId, string hold);
}
