using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using FleetProf.Silo.Access.Calls;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>
/// Stands before the fake grains as the silo's gate does before the real ones, by the silo's own rules and its own trim: what is of services that a caller's grants do
/// not hold for is refused by its name, unknown by its id, and left out of answers. A permission that the caller does not hold is let through and noted: that is the portal's to refuse.
/// </summary>
internal sealed class FakeGate(FakeWorld world)
{
    /// <summary>Stands for what is unknown: no limited grants hold for it.</summary>
    private const string Unknown = "";

    public async Task AdmitAsync(IIncomingGrainCallContext call)
    {
        var caller = RequestContext.Get(Caller.Key) as Caller;
        if (caller is null && call.SourceId?.IsClient() == true && !call.TargetId.IsSystemTarget() && call.InterfaceMethod.DeclaringType != typeof(IAccessGrain))
        {
            // Tests themselves ask for login codes.
            throw new UnauthorizedAccessException($"{call.InterfaceMethod.Name} was called in nobody's name.");
        }

        if (caller is null || !FakeAccess.RoleTokens.TryGetValue(caller.CredentialId, out var grants) || CallRules.Find(call.InterfaceMethod) is not { IsOpen: false } rule)
        {
            await call.Invoke();
            return;
        }

        if (rule.Needs != Permission.None && !grants.Allows(rule.Needs))
        {
            world.Forbidden.Enqueue($"{call.InterfaceMethod.DeclaringType!.Name}.{call.InterfaceMethod.Name} by {caller.Name}");
        }

        if (rule.NeedsAll && !grants.CoversAll)
        {
            throw new UnauthorizedAccessException("Not for those who are limited to services.");
        }

        if (!ServicesOf(call, rule).All(grants.Covers) && !Misdirect(call, rule))
        {
            return;
        }

        var limit = grants.CoversAll ? int.MaxValue : CallTrim.Widen(call.Request, call.InterfaceMethod);
        await call.Invoke();
        if (!grants.CoversAll && call.Result is { } result)
        {
            call.Result = CallTrim.Of(result, grants, limit);
        }
    }

    /// <returns>Whether the grain is asked, then about what does not exist; else the answer is there already.</returns>
    private static bool Misdirect(IIncomingGrainCallContext call, CallRule rule)
    {
        switch (rule.Subject)
        {
            case CallSubjectKind.CampaignKey:
                call.Result = call.InterfaceMethod.ReturnType == typeof(Task<bool>) ? false : null;
                return false;
            case CallSubjectKind.Campaign or CallSubjectKind.Capture or CallSubjectKind.TwoCaptures:
                call.Request.SetArgument(rule.Argument, "-");
                return true;
            case CallSubjectKind.CaptureList:
                call.Request.SetArgument(rule.Argument, Array.Empty<string>());
                return true;
            default:
                throw new UnauthorizedAccessException("Not for this service.");
        }
    }

    private IEnumerable<string> ServicesOf(IIncomingGrainCallContext call, CallRule rule)
    {
        var key = call.TargetId.Key.ToString()!;
        var argument = rule.Subject is CallSubjectKind.None or CallSubjectKind.Id or CallSubjectKind.ServiceKey or CallSubjectKind.CampaignKey ? null : call.Request.GetArgument(rule.Argument);
        return rule.Subject switch
        {
            CallSubjectKind.ServiceKey => [key],
            CallSubjectKind.Service => ServiceOf(argument) is { } service ? [service] : [],
            CallSubjectKind.Spec => ServicesOfSpec((CampaignSpec)argument!),
            CallSubjectKind.CampaignKey => ServicesOfCampaign(key),
            CallSubjectKind.Campaign => ServicesOfCampaign((string)argument!),
            CallSubjectKind.Capture => ServicesOfCaptures([(string)argument!]),
            CallSubjectKind.TwoCaptures => ServicesOfCaptures([(string)argument!, (string)call.Request.GetArgument(1)!]),
            CallSubjectKind.CaptureList => ServicesOfCaptures((IReadOnlyList<string>)argument!),
            _ => [],
        };
    }

    /// <summary>A name, or of a query or request the one in it; null: of all services.</summary>
    private static string? ServiceOf(object? argument) => argument is string service ? service : argument?.GetType().GetProperty("Service")?.GetValue(argument) as string;

    private IEnumerable<string> ServicesOfSpec(CampaignSpec spec) => spec.Selector.Services
        .Concat(spec.Selector.InstanceIds.Select(id => world.Fleet.All().FirstOrDefault(instance => instance.InstanceId == id)?.Service ?? Unknown)).DefaultIfEmpty(Unknown);

    private IEnumerable<string> ServicesOfCampaign(string campaignId)
    {
        var campaign = world.Campaigns.GetValueOrDefault(campaignId)?.At(world.Clock.GetUtcNow());
        return campaign is null ? [] : campaign.Spec.Selector.Services.Concat(campaign.Targets.Select(target => target.Service)).DefaultIfEmpty(Unknown);
    }

    private IEnumerable<string> ServicesOfCaptures(IReadOnlyList<string> captureIds) => world.Captures().Where(capture => captureIds.Contains(capture.CaptureId)).Select(capture => capture.Service);
}
