using System.Globalization;
using System.Text.Json;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Operations;

/// <summary>A long job, as REST shows it: one run of a campaign.</summary>
internal sealed record Operation
{
    /// <summary>Id of the campaign.</summary>
    public required string OperationId { get; init; }

    public required OperationStatus Status { get; init; }

    public required DateTimeOffset CreatedDateTime { get; init; }

    public DateTimeOffset? EndedDateTime { get; init; }

    public OperationError? Error { get; init; }

    /// <summary>Path of the capture, or of the campaign when it has several.</summary>
    public required string ResourceLocation { get; init; }

    public required bool IsStoppable { get; init; }

    public int CaptureCount { get; init; }

    public int ReadyCount { get; init; }

    public int FailedCount { get; init; }

    public static Operation Of(Campaign campaign)
    {
        var ready = campaign.Targets.Count(target => target.State == CaptureState.Ready);
        var failed = campaign.Targets.Count(target => target.State > CaptureState.Ready);
        var isStoppable = campaign.State is CampaignState.Running or CampaignState.Scheduled;
        // What had begun when the deadline passed, or when somebody stopped it, still comes to its end.
        var isOpen = isStoppable || campaign.Targets.Any(target => target.State < CaptureState.Ready);
        return new()
        {
            OperationId = campaign.CampaignId,
            Status = campaign.State switch
            {
                _ when isOpen => OperationStatus.Running,
                CampaignState.Stopped => OperationStatus.Cancelled,
                _ => ready > 0 ? OperationStatus.Succeeded : OperationStatus.Failed,
            },
            CreatedDateTime = campaign.CreatedAt,
            EndedDateTime = campaign.EndedAt,
            Error = isOpen || ready == campaign.Targets.Count ? null : ErrorOf(campaign, ready),
            ResourceLocation = campaign.Targets is [var only] ? $"/api/v1/captures/{only.CaptureId}" : $"/api/v1/campaigns/{campaign.CampaignId}",
            IsStoppable = isStoppable,
            CaptureCount = campaign.Targets.Count,
            ReadyCount = ready,
            FailedCount = failed,
        };
    }

    private static OperationError ErrorOf(Campaign campaign, int ready)
    {
        if (campaign.Targets is [var only] && only.Failure != CaptureFailure.None)
        {
            var detail = only.Detail is { Length: > 0 } text ? $" ({text})" : "";
            return new(
                JsonNamingPolicy.CamelCase.ConvertName(only.Failure.ToString()),
                $"{CaptureFailureAdvice.Explain(only.Failure)}{detail} {CaptureFailureAdvice.NextStep(only.Failure)}");
        }

        return new(
            campaign.State == CampaignState.Expired ? "expired" : "partial",
            string.Create(CultureInfo.InvariantCulture, $"{ready} of {campaign.Targets.Count} captures have a result. See the failure of each target of the campaign."));
    }
}
