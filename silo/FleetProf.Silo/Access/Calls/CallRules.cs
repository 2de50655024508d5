using System.Reflection;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Allocations;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;
using FleetProf.Contracts.Profiles;

namespace FleetProf.Silo.Access.Calls;

/// <summary>Every method that may be called from outside of the cluster, and what it needs. One that is not here is for the silos alone.</summary>
internal static class CallRules
{
    private static readonly CallRule See = new(Permission.See);
    private static readonly CallRule SeeService = See with { Subject = CallSubjectKind.Service };
    private static readonly CallRule SeeKey = See with { Subject = CallSubjectKind.ServiceKey };
    private static readonly CallRule SeeCapture = See with { Subject = CallSubjectKind.Capture };
    private static readonly CallRule ReadCapture = SeeCapture with { Action = "artifact.read", IsReading = true, TellsOnceAMinute = true };
    private static readonly CallRule ReadBoth = ReadCapture with { Subject = CallSubjectKind.TwoCaptures };
    private static readonly CallRule ReadAudit = new(Permission.Audit) { Action = "audit.read", IsReading = true };
    private static readonly CallRule Portals = new(Permission.None) { IsPortals = true };

    private static readonly Dictionary<(string, string), CallRule> Rules = new()
    {
        [Of<IAccessGrain>(nameof(IAccessGrain.IssueLoginCodeAsync))] = Act(Permission.ManageAccess, "login.link") with { IsPortals = true },
        [Of<IAccessGrain>(nameof(IAccessGrain.RedeemLoginCodeAsync))] = Portals with { Action = "login.by-link" },
        [Of<IAccessGrain>(nameof(IAccessGrain.IssueApiTokenAsync))] = Portals with { Action = "token.issue-own" },
        [Of<IAccessGrain>(nameof(IAccessGrain.VerifyApiTokenAsync))] = Portals with { Action = "token.use", TellsRefusalsOnly = true },
        [Of<IPeopleGrain>(nameof(IPeopleGrain.FindAsync))] = Portals,
        [Of<IPeopleGrain>(nameof(IPeopleGrain.CreateTokenAsync))] = Act(Permission.ManageAccess, "token.create"),
        [Of<IPeopleGrain>(nameof(IPeopleGrain.ListAsync))] = new(Permission.ManageAccess),
        [Of<IPeopleGrain>(nameof(IPeopleGrain.RevokeAsync))] = Act(Permission.ManageAccess, "credential.revoke", CallSubjectKind.Id),
        [Of<IPeopleGrain>(nameof(IPeopleGrain.LogOutAsync))] = Act(Permission.See, "logout"),
        [Of<IPeopleGrain>(nameof(IPeopleGrain.OpenSessionAsync))] = Portals with { Action = "login.by-oidc" },
        [Of<IPeopleGrain>(nameof(IPeopleGrain.TurnAwayAsync))] = Portals with { Action = "login.by-oidc", TellsRefusalsOnly = true },
        [Of<IPeopleGrain>(nameof(IPeopleGrain.IssueSetupCodeAsync))] = Act(Permission.ManageAccess, "setup.link") with { IsPortals = true },
        [Of<IPeopleGrain>(nameof(IPeopleGrain.HasAccountAsync))] = Portals,
        [Of<IPeopleGrain>(nameof(IPeopleGrain.ListAccountsAsync))] = new(Permission.ManageAccess),
        [Of<IPeopleGrain>(nameof(IPeopleGrain.RemoveAccountAsync))] = Act(Permission.ManageAccess, "account.remove", CallSubjectKind.Id),
        [Of<IPeopleGrain>(nameof(IPeopleGrain.SetUpAsync))] = Portals with { Action = "account.set-up" },
        [Of<IPeopleGrain>(nameof(IPeopleGrain.LogInAsync))] = Portals with { Action = "login.by-password" },
        [Of<IAuditGrain>(nameof(IAuditGrain.ListAsync))] = ReadAudit,
        [Of<IAuditGrain>(nameof(IAuditGrain.HeadAsync))] = new(Permission.Audit),
        [Of<IAuditGrain>(nameof(IAuditGrain.RecordRefusalAsync))] = Portals with { IsOpen = true },
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.DescribeAsync))] = See with { NeedsAll = true },
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.ListAgentsAsync))] = See with { NeedsAll = true },
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.ListSilentAgentsAsync))] = See with { NeedsAll = true },
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.ListTokensAsync))] = new(Permission.ApproveAgents),
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.CreateTokenAsync))] = Act(Permission.ApproveAgents, "join-token.create"),
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.RevokeTokenAsync))] = Act(Permission.ApproveAgents, "join-token.revoke", CallSubjectKind.Id),
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.ApproveAgentAsync))] = Act(Permission.ApproveAgents, "agent.approve", CallSubjectKind.Id),
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.RevokeAgentAsync))] = Act(Permission.ApproveAgents, "agent.revoke", CallSubjectKind.Id),
        // It changes files of the authority, not the catalog, and has a row before it does; the gate writes the one of what came of it.
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.RotateRootAsync))] = Act(Permission.ApproveAgents, "authority.rotate") with { IsReading = true },
        [Of<IEnrolmentGrain>(nameof(IEnrolmentGrain.ChangeRootAsync))] = Act(Permission.ApproveAgents, "authority.rotate") with { IsReading = true },
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.ListInstancesAsync))] = SeeService,
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.GetInstanceAsync))] = See,
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.ListServicesAsync))] = See,
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.GetServiceAsync))] = See,
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.GetChangesAsync))] = See with { IsPortals = true, NeedsAll = true },
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.ListDeploysAsync))] = SeeService,
        [Of<IFleetQueryGrain>(nameof(IFleetQueryGrain.ListDeploysBetweenAsync))] = SeeService,
        [Of<IServiceGrain>(nameof(IServiceGrain.AnnounceDeployAsync))] = Act(Permission.EditPolicy, "deploy.announce", CallSubjectKind.ServiceKey),
        [Of<ICampaignGrain>(nameof(ICampaignGrain.CreateAsync))] = Act(Permission.CaptureTrace, "campaign.create", CallSubjectKind.Spec),
        [Of<ICampaignGrain>(nameof(ICampaignGrain.GetAsync))] = See with { IsPortals = true },
        [Of<ICampaignGrain>(nameof(ICampaignGrain.StopAsync))] = Act(Permission.CaptureTrace, "campaign.stop", CallSubjectKind.CampaignKey),
        [Of<ICampaignGrain>(nameof(ICampaignGrain.StopTargetAsync))] = Act(Permission.CaptureTrace, "capture.stop", CallSubjectKind.CampaignKey),
        [Of<ICampaignQueryGrain>(nameof(ICampaignQueryGrain.ListAsync))] = See,
        [Of<ICampaignQueryGrain>(nameof(ICampaignQueryGrain.PreviewAsync))] = See with { Subject = CallSubjectKind.Spec },
        [Of<IHoldGrain>(nameof(IHoldGrain.ListAsync))] = See,
        [Of<IHoldGrain>(nameof(IHoldGrain.PlaceAsync))] = Act(Permission.KillSwitch, "hold.place"),
        [Of<IHoldGrain>(nameof(IHoldGrain.LiftAsync))] = Act(Permission.KillSwitch, "hold.lift", CallSubjectKind.Id),
        [Of<IHoldGrain>(nameof(IHoldGrain.TripAsync))] = Act(Permission.CaptureTrace, "hold.trip", CallSubjectKind.Service),
        [Of<ICaptureQueryGrain>(nameof(ICaptureQueryGrain.ListAsync))] = SeeService,
        [Of<ICaptureQueryGrain>(nameof(ICaptureQueryGrain.GetAsync))] = See,
        [Of<ICaptureQueryGrain>(nameof(ICaptureQueryGrain.ListFilesAsync))] = SeeCapture,
        [Of<ICaptureQueryGrain>(nameof(ICaptureQueryGrain.GetFileAsync))] = SeeCapture with { Action = "artifact.download", IsReading = true },
        [Of<IStorageGrain>(nameof(IStorageGrain.DescribeAsync))] = See with { NeedsAll = true },
        [Of<IStorageGrain>(nameof(IStorageGrain.PinAsync))] = Act(Permission.EditPolicy, "capture.pin", CallSubjectKind.Capture),
        [Of<IStorageGrain>(nameof(IStorageGrain.UnpinAsync))] = Act(Permission.EditPolicy, "capture.unpin", CallSubjectKind.Capture),
        // Who looks at a difference keeps its captures for a while.
        [Of<IStorageGrain>(nameof(IStorageGrain.CiteAsync))] = See with { Subject = CallSubjectKind.CaptureList },
        [Of<IComparisonGrain>(nameof(IComparisonGrain.CreateAsync))] = Act(Permission.EditPolicy, "comparison.create", CallSubjectKind.Service),
        [Of<IComparisonGrain>(nameof(IComparisonGrain.GetAsync))] = See,
        [Of<IComparisonQueryGrain>(nameof(IComparisonQueryGrain.ListAsync))] = SeeService,
        [Of<IComparisonQueryGrain>(nameof(IComparisonQueryGrain.GetAsync))] = See,
        [Of<IServiceExperimentsGrain>(nameof(IServiceExperimentsGrain.StartAsync))] = Act(Permission.EditPolicy, "experiment.start", CallSubjectKind.ServiceKey),
        [Of<IServiceExperimentsGrain>(nameof(IServiceExperimentsGrain.ListAsync))] = SeeKey,
        [Of<IServiceExperimentsGrain>(nameof(IServiceExperimentsGrain.JudgeAsync))] = SeeKey,
        [Of<IHeapQueryGrain>(nameof(IHeapQueryGrain.DominatorsAsync))] = ReadCapture,
        [Of<IHeapQueryGrain>(nameof(IHeapQueryGrain.PathsAsync))] = ReadCapture,
        [Of<IHeapQueryGrain>(nameof(IHeapQueryGrain.PathsInModuleAsync))] = ReadCapture,
        [Of<IHeapQueryGrain>(nameof(IHeapQueryGrain.DiffAsync))] = ReadBoth,
        [Of<IHeapQueryGrain>(nameof(IHeapQueryGrain.GrowthAsync))] = ReadCapture with { Subject = CallSubjectKind.Service },
        [Of<IAllocationQueryGrain>(nameof(IAllocationQueryGrain.DualAsync))] = ReadBoth,
        [Of<IFleetProfileGrain>(nameof(IFleetProfileGrain.EstimateAsync))] = ReadCapture with { Subject = CallSubjectKind.Campaign },
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetTrendAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.ListLongestAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetHistogramAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.ListHeapSlopesAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.ListHarmAsync))] = See,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetHarmUntilAsync))] = See,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetKnobsAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetCausesAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetColumnsAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetAdviceAsync))] = SeeService,
        [Of<IGcPauseQueryGrain>(nameof(IGcPauseQueryGrain.GetPackedAsync))] = SeeService,
    };

    /// <summary>Interface and method of every rule.</summary>
    public static IEnumerable<(string Interface, string Method, CallRule Rule)> All => Rules.Select(rule => (rule.Key.Item1, rule.Key.Item2, rule.Value));

    /// <summary>Null for what is not for callers from outside.</summary>
    public static CallRule? Find(MethodInfo method) => Rules.GetValueOrDefault((method.DeclaringType!.Name, method.Name));

    private static CallRule Act(Permission needs, string action, CallSubjectKind subject = CallSubjectKind.None) => new(needs) { Action = action, Subject = subject };

    private static (string, string) Of<T>(string method) => (typeof(T).Name, method);
}
