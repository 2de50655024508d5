using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.Heaps;
using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Access;
using FleetProf.Portal.Allocations;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Comparisons;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Profiles;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Layout;

/// <summary>Somebody chooses, and chooses again before there is an answer; that to the first choice comes last.</summary>
public sealed class LateAnswerTests : BunitContext
{
    [Fact]
    public async Task HeapGrowth_FirstChoiceAnsweredLast_ShowsTheSecond()
    {
        var late = new TaskCompletionSource<HeapGrowthReport>();
        var page = Choose<HeapGrowthPage>("heaps/growth?service=first", "heaps/growth?service=second", (method, arguments) => (method, arguments) switch
        {
            (nameof(IHeapQueryGrain.GrowthAsync), [HeapGrowthQuery { Service: "first" }, ..]) => late.Task,
            (nameof(IHeapQueryGrain.GrowthAsync), _) => Task.FromResult(new HeapGrowthReport { Service = "second", Rows = [] }),
            _ => Task.FromResult<IReadOnlyList<Capture>>([]),
        });

        await page.InvokeAsync(() => late.SetResult(new HeapGrowthReport { Service = "first", Replicas = 6, Rows = [] }));

        Assert.Contains("No replica has two complete snapshots", page.Markup, StringComparison.Ordinal);
    }

    /// <summary>It stood under the other's name until that was answered, and for good where that could not be.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HeapGrowth_SecondChoiceWithoutAnswer_ShowsNothingOfTheFirst(bool isLost)
    {
        var row = new HeapGrowthRow { Sentence = "What Cart retains grew.", Steps = ["Cart"], Replicas = [] };
        var page = Choose<HeapGrowthPage>("heaps/growth?service=first", "heaps/growth?service=second", (method, arguments) => (method, arguments) switch
        {
            (nameof(IHeapQueryGrain.GrowthAsync), [HeapGrowthQuery { Service: "first" }, ..]) => Task.FromResult(new HeapGrowthReport { Service = "first", Replicas = 6, Rows = [row] }),
            (nameof(IHeapQueryGrain.GrowthAsync), _) => isLost ? Task.FromException<HeapGrowthReport>(new TimeoutException()) : new TaskCompletionSource<HeapGrowthReport>().Task,
            _ => Task.FromResult<IReadOnlyList<Capture>>([]),
        });

        Assert.Equal("Heap growth of second", page.Find("h1").TextContent);
        Assert.DoesNotContain(row.Sentence, page.Markup, StringComparison.Ordinal);
        Assert.Equal(isLost ? 0 : 1, page.FindAll("[role=status]").Count(status => status.TextContent == "Loading…"));
    }

    [Fact]
    public async Task FleetEstimate_FirstChoiceAnsweredLast_ShowsTheSecond()
    {
        var late = new TaskCompletionSource<FleetEstimates?>();
        var campaign = new Campaign
        {
            CampaignId = "c1", Spec = new() { Selector = new() { Services = ["checkout"] }, Kinds = [CaptureKind.Alloc] }, State = CampaignState.Completed, CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var page = Choose<FleetEstimatePage>(
            "campaigns/c1/fleet?table=allocatedTypes",
            "campaigns/c1/fleet?table=allocatingMethods",
            (method, arguments) => (method, arguments) switch
            {
                (nameof(IFleetProfileGrain.EstimateAsync), [_, FleetTable.AllocatedTypes, ..]) => late.Task,
                (nameof(IFleetProfileGrain.EstimateAsync), _) => Task.FromResult<FleetEstimates?>(null),
                _ => Task.FromResult<Campaign?>(campaign),
            },
            parameters => parameters.Add(shown => shown.CampaignId, "c1"));

        await page.InvokeAsync(() => late.SetResult(new FleetEstimates { CampaignId = "c1", Table = FleetTable.AllocatedTypes, Unit = "bytes/s" }));

        Assert.Contains("Nothing to merge", page.Markup, StringComparison.Ordinal);
        Assert.Equal("Allocating methods", page.Find("[aria-current]").TextContent);
    }

    [Fact]
    public async Task Audit_FirstChoiceAnsweredLast_ShowsTheSecond()
    {
        var late = new TaskCompletionSource<IReadOnlyList<AuditEntry>>();
        var page = Choose<AuditPage>("audit?actor=first", "audit?actor=second", (_, arguments) =>
            arguments is [AuditQuery { Actor: "first" }, ..] ? late.Task : Task.FromResult<IReadOnlyList<AuditEntry>>([]));

        await page.InvokeAsync(() => late.SetResult([new AuditEntry { Sequence = 1, Actor = "first" }]));

        Assert.Contains("No row matches", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeapDiff_FirstChoiceAnsweredLast_ShowsTheSecond()
    {
        var late = new TaskCompletionSource<Capture?>();
        var page = Choose<HeapDiffPage>("heaps/diff?to=late", "heaps/diff?service=second", (method, _) =>
            method == nameof(ICaptureQueryGrain.GetAsync) ? late.Task : Task.FromResult<IReadOnlyList<Capture>>([]));

        await page.InvokeAsync(() => late.SetResult(Ready("late", CaptureKind.Gcdump)));

        Assert.Equal("Heap difference of second", page.Find("h1").TextContent);
    }

    [Fact]
    public async Task ProfileDiff_FirstChoiceAnsweredLast_ShowsTheSecond()
    {
        var late = new TaskCompletionSource<Capture?>();
        var page = Choose<ProfileDiffPage>("profiles/diff?from=early&to=late", "profiles/diff", (method, arguments) => (method, arguments) switch
        {
            (nameof(ICaptureQueryGrain.GetAsync), ["late", ..]) => late.Task,
            (nameof(ICaptureQueryGrain.GetAsync), _) => Task.FromResult<Capture?>(Ready("early", CaptureKind.Trace)),
            _ => Task.FromResult<IReadOnlyList<Capture>>([]),
        });

        await page.InvokeAsync(() => late.SetResult(Ready("late", CaptureKind.Alloc)));

        Assert.Contains("A difference needs two captures", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be compared", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dual_FirstChoiceAnsweredLast_ShowsTheSecond()
    {
        var late = new TaskCompletionSource<Capture?>();
        var page = Choose<DualPage>("allocations/dual?heap=late", "allocations/dual?service=second", (method, _) =>
            method == nameof(ICaptureQueryGrain.GetAsync) ? late.Task : Task.FromResult<IReadOnlyList<Capture>>([]));

        await page.InvokeAsync(() => late.SetResult(Ready("late", CaptureKind.Gcdump)));

        Assert.Equal("Allocated and in use: second", page.Find("h1").TextContent);
    }

    [Fact]
    public async Task Captures_FirstChoiceAnsweredLast_ShowTheSecond()
    {
        var late = new TaskCompletionSource<IReadOnlyList<Capture>>();
        var page = Choose<CapturesPage>("captures?service=first", "captures?service=second", (method, arguments) => (method, arguments) switch
        {
            (nameof(ICaptureQueryGrain.ListAsync), [CaptureFilter { Service: "first" }, ..]) => late.Task,
            (nameof(ICaptureQueryGrain.ListAsync), _) => Task.FromResult<IReadOnlyList<Capture>>([]),
            _ => Task.FromResult<IReadOnlyList<ServiceRow>>([]),
        });

        await page.InvokeAsync(() => late.SetResult([Ready("late", CaptureKind.Trace)]));

        Assert.Contains("No capture matches", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_FirstChoiceAnsweredLast_ShowTheSecond()
    {
        var late = new TaskCompletionSource<IReadOnlyList<EnrolledAgent>>();
        var page = Choose<AgentsPage>("agents?silent=true", "agents", (method, _) => method switch
        {
            nameof(IEnrolmentGrain.ListSilentAgentsAsync) => late.Task,
            nameof(IEnrolmentGrain.ListAgentsAsync) => Task.FromResult<IReadOnlyList<EnrolledAgent>>([new() { AgentId = "a1", HostName = "rack-7" }]),
            _ => Task.FromResult(new EnrolmentInfo { IsOn = true }),
        });

        await page.InvokeAsync(() => late.SetResult([]));

        Assert.Contains("rack-7", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comparisons_FirstChoiceAnsweredLast_ShowTheSecond()
    {
        var late = new TaskCompletionSource<IReadOnlyList<Comparison>>();
        var page = Choose<ComparisonsPage>("comparisons?service=first", "comparisons?service=second", (_, arguments) =>
            arguments is ["first", ..] ? late.Task : Task.FromResult<IReadOnlyList<Comparison>>([]));
        var side = new ComparisonSide { Version = "1", From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch };

        await page.InvokeAsync(() => late.SetResult([new Comparison { ComparisonId = "c1", Service = "first", Baseline = side, Candidate = side, CreatedAt = DateTimeOffset.UnixEpoch }]));

        Assert.Contains("Nothing has been compared yet", page.Markup, StringComparison.Ordinal);
    }

    private static Capture Ready(string id, CaptureKind kind) => new() { CaptureId = id, CampaignId = "c1", InstanceId = "i1", Service = "first", Kind = kind, State = CaptureState.Ready };

    /// <summary>The page after both choices, neither of which may be answered yet.</summary>
    private IRenderedComponent<T> Choose<T>(string first, string second, Func<string, object?[], Task> answer, Action<ComponentParameterCollectionBuilder<T>>? parameters = null)
        where T : IComponent
    {
        Services.AddSingleton(PlayedGrains.Cluster(answer));
        Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo(first);
        var page = Render<T>(parameters);
        navigation.NavigateTo(second);
        return page;
    }
}
