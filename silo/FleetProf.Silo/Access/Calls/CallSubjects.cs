using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;
using FleetProf.Silo.Captures;

namespace FleetProf.Silo.Access.Calls;

/// <summary>
/// Finds out which services a call is about. Captures are looked up in the catalog: their grain has few places at once, and all of them may
/// be waiting here.
/// </summary>
internal sealed class CallSubjects(IGrainFactory grains, CaptureTable captures)
{
    /// <summary>Stands for what is unknown: no limited grants hold for it, so that nobody learns whether there is such a thing.</summary>
    private const string Unknown = "";

    public async Task<CallSubject> OfAsync(IIncomingGrainCallContext call, CallRule rule)
    {
        var key = call.TargetId.Key.ToString()!;
        var argument = rule.Subject is CallSubjectKind.None or CallSubjectKind.ServiceKey or CallSubjectKind.CampaignKey ? null : call.Request.GetArgument(rule.Argument);
        return rule.Subject switch
        {
            CallSubjectKind.ServiceKey => new() { Target = key, Services = [key] },
            CallSubjectKind.Service => ServiceOf(argument) is { } service ? new() { Target = service, Services = [service] } : CallSubject.Nothing,
            CallSubjectKind.Spec => await OfSpecAsync((CampaignSpec)argument!, key, isActing: rule.Action.Length > 0),
            CallSubjectKind.CampaignKey => await OfCampaignAsync(key, call.Request.GetArgumentCount() > 2 ? call.Request.GetArgument(0) as string : null),
            CallSubjectKind.Campaign => await OfCampaignAsync(argument as string ?? "", null),
            CallSubjectKind.Capture => await OfCapturesAsync(call, argument as string ?? ""),
            CallSubjectKind.TwoCaptures => await OfCapturesAsync(call, argument as string ?? "", call.Request.GetArgument(1) as string ?? ""),
            CallSubjectKind.CaptureList => await OfListAsync(call, argument as IReadOnlyList<string> ?? []),
            CallSubjectKind.Id => new() { Target = argument as string ?? "" },
            _ => CallSubject.Nothing,
        };
    }

    /// <summary>Names something that does not exist, so that the grain answers as it does for that.</summary>
    /// <returns>False when the call names it by the grain's key: then the answer must be made here.</returns>
    public static bool Misdirect(IIncomingGrainCallContext call, CallRule rule)
    {
        if (rule.Subject == CallSubjectKind.CampaignKey)
        {
            return false;
        }

        call.Request.SetArgument(rule.Argument, rule.Subject == CallSubjectKind.CaptureList ? Array.Empty<string>() : "-");
        return true;
    }

    private static string? ServiceOf(object? argument) => argument switch
    {
        string service => service,
        TrendQuery query => query.Service,
        LongGcQuery query => query.Service,
        AdviceQuery query => query.Service,
        HeapGrowthQuery query => query.Service,
        ComparisonRequest request => request.Service,
        CaptureFilter filter => filter.Service,
        InstanceFilter filter => filter.Service,
        _ => null,
    };

    private async Task<CallSubject> OfSpecAsync(CampaignSpec spec, string campaignId, bool isActing)
    {
        var services = spec.Selector.Services.ToHashSet(StringComparer.Ordinal);
        // With more the draft is refused, whoever asks.
        foreach (var instanceId in spec.Selector.InstanceIds.Take(DraftCheck.MaxInstanceIds))
        {
            services.Add((await grains.GetGrain<IFleetQueryGrain>(0).GetInstanceAsync(instanceId))?.Service ?? Unknown);
        }

        return new()
        {
            Target = campaignId,
            Services = services.Count == 0 ? [Unknown] : [.. services],
            // Who only looks may also ask what a heap snapshot would touch.
            Needs = isActing && spec.Kinds.Contains(CaptureKind.Gcdump) ? Permission.CaptureGcdump : Permission.None,
            Reason = spec.Reason,
        };
    }

    private async Task<CallSubject> OfCampaignAsync(string campaignId, string? captureId)
    {
        var campaign = campaignId.Length == 0 ? null : await grains.GetGrain<ICampaignGrain>(campaignId).GetAsync();
        return new() { Target = captureId ?? campaignId, Services = campaign is null ? [] : ServicesOf(campaign), IsHidden = true };
    }

    /// <summary>More of them than the grain looks at would let those that are asked about hide others.</summary>
    private async Task<CallSubject> OfListAsync(IIncomingGrainCallContext call, IReadOnlyList<string> captureIds) =>
        captureIds.Count > 2 ? new() { Services = [Unknown], IsHidden = true } : await OfCapturesAsync(call, [.. captureIds]);

    private async Task<CallSubject> OfCapturesAsync(IIncomingGrainCallContext call, params string[] captureIds)
    {
        var services = new HashSet<string>(StringComparer.Ordinal);
        foreach (var captureId in captureIds)
        {
            if (await captures.FindAsync(captureId) is { } capture)
            {
                services.Add(capture.Service);
            }
        }

        var file = call.InterfaceMethod.Name == nameof(ICaptureQueryGrain.GetFileAsync) ? call.Request.GetArgument(1) as string : null;
        return new()
        {
            Target = file is null ? string.Join(' ', captureIds) : $"{captureIds[0]}/{file}",
            Services = [.. services],
            IsHidden = true,
            Needs = file is not null && CaptureFile.IsRaw(file) ? Permission.DownloadRaw : Permission.None,
            Reason = call.InterfaceMethod.Name == nameof(IStorageGrain.PinAsync) ? call.Request.GetArgument(2) as string ?? "" : "",
        };
    }

    private static IReadOnlyList<string> ServicesOf(Campaign campaign)
    {
        var services = campaign.Spec.Selector.Services.Concat(campaign.Targets.Select(target => target.Service)).ToHashSet(StringComparer.Ordinal);
        return services.Count == 0 ? [Unknown] : [.. services];
    }
}
