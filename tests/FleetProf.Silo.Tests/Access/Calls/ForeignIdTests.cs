using System.Reflection;
using System.Text.Json;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.Heaps;
using FleetProf.Silo.Access.Calls;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>
/// Every method that takes an id, asked by somebody who is limited to one service about something of that service, of another one, and that nobody made:
/// the other's is answered as what nobody made, stays as it is, and the audit log tells who asked.
/// </summary>
[Trait("Ring", "process")]
public sealed class ForeignIdTests(SeededSilo seeded) : IClassFixture<SeededSilo>
{
    private const string Own = SeededSilo.Own;
    private const string Foreign = SeededSilo.Foreign;
    private const string Unknown = "unknown";

    private static readonly string[] IdNames = ["captureId", "fromCaptureId", "toCaptureId", "allocCaptureId", "heapCaptureId", "captureIds", "campaignId", "comparisonId", "instanceId"];

    private SeededSilo silo = seeded;

    private IClusterClient Grains => silo.Grains;

    [Fact]
    public async Task Id_OfAnotherService_IsAnsweredAsUnknownAndToldToTheLog()
    {
        // Here what is the caller's own is stopped and pinned too, and the other tests must find it as it was.
        await using var alone = new SeededSilo();
        await alone.InitializeAsync();
        silo = alone;
        var wrong = new List<string>();
        foreach (var method in Methods())
        {
            var (own, _, deniedOfOwn) = await AskAsync(method, Own);
            var (unknown, unknownAnswer, deniedOfUnknown) = await AskAsync(method, Unknown);
            Assert.Equal((0, 0), (deniedOfOwn, deniedOfUnknown));
            foreach (var ids in new[] { Foreign, $"{Own} {Foreign}", $"{Foreign} {Own}" }.Where(ids => ids == Foreign || IdsOf(method) > 1))
            {
                var (name, answer, denied) = await AskAsync(method, ids);
                if (denied == 0 || answer != unknownAnswer)
                {
                    wrong.Add($"{name} of {ids}: {denied} rows, {answer}; of what is unknown: {unknownAnswer}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        await AssertUntouchedAsync();
    }

    /// <summary>The answers above would be the same if nothing were found at all.</summary>
    [Fact]
    public async Task Id_OfTheCallersService_IsFound()
    {
        OutsideCaller.As(silo.Limited);

        Assert.Equal(Own, (await Grains.GetGrain<ICaptureQueryGrain>(0).GetAsync($"capture-{Own}"))?.Service);
        Assert.Equal(Own, (await Grains.GetGrain<IFleetQueryGrain>(0).GetInstanceAsync($"instance-{Own}"))?.Service);
        Assert.Equal(Own, (await Grains.GetGrain<IComparisonGrain>($"comparison-{Own}").GetAsync())?.Service);
        Assert.Equal(Own, (await Grains.GetGrain<IComparisonQueryGrain>(0).GetAsync($"comparison-{Own}"))?.Service);
        Assert.Equal($"campaign-{Own}", (await Grains.GetGrain<ICampaignGrain>($"campaign-{Own}").GetAsync())?.CampaignId);
        Assert.Equal(CampaignState.Stopped, (await Grains.GetGrain<ICampaignGrain>($"campaign-{Own}").StopAsync("limited"))?.State);
    }

    [Fact]
    public async Task Create_UnderAnIdOfAnotherService_ShowsNothingOfIt()
    {
        OutsideCaller.As(silo.Limited);

        Assert.Null((await Grains.GetGrain<ICampaignGrain>($"campaign-{Foreign}").CreateAsync(SeededSilo.SpecOf(Own), null)).Campaign);
        Assert.Null(await Grains.GetGrain<IComparisonGrain>($"comparison-{Foreign}").CreateAsync(SeededSilo.RequestOf(Own)));
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task Heap_ThatIsNotThere_IsNoReadInTheLog()
    {
        OutsideCaller.As(silo.Limited);
        Assert.Null(await Grains.GetGrain<IHeapQueryGrain>(0).DominatorsAsync($"capture-{Own}", new()));
        Assert.Null(await Grains.GetGrain<IHeapQueryGrain>(0).PathsAsync($"capture-{Unknown}", "Shop.Session"));

        OutsideCaller.As(silo.Admin);
        Assert.Empty(await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Action = "artifact.read", Decision = AuditDecision.Allowed }));
    }

    [Fact]
    public async Task File_ThatIsNotThere_IsNoDownloadInTheLog()
    {
        OutsideCaller.As(silo.Limited);
        Assert.Null(await Grains.GetGrain<ICaptureQueryGrain>(0).GetFileAsync($"capture-{Own}", "no-such.file"));
        Assert.Null(await Grains.GetGrain<ICaptureQueryGrain>(0).GetFileAsync($"capture-{Unknown}", "original.gcdump"));

        OutsideCaller.As(silo.Admin);
        Assert.Empty(await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Action = "artifact.download", Decision = AuditDecision.Allowed }));
    }

    [Fact]
    public async Task Lists_OfAllServices_AreOfTheCallersAlone()
    {
        OutsideCaller.As(silo.Limited);

        Assert.Equal([Own], (await Grains.GetGrain<ICaptureQueryGrain>(0).ListAsync(new CaptureFilter())).Select(capture => capture.Service));
        Assert.Equal([Own], (await Grains.GetGrain<ICampaignQueryGrain>(0).ListAsync(10)).SelectMany(campaign => campaign.Services));
        Assert.Equal([Own], (await Grains.GetGrain<IComparisonQueryGrain>(0).ListAsync(null, 10)).Select(comparison => comparison.Service));
        Assert.Equal([Own], (await Grains.GetGrain<IFleetQueryGrain>(0).ListInstancesAsync(new InstanceFilter())).Select(instance => instance.Service));
        Assert.Equal([Own], (await Grains.GetGrain<IFleetQueryGrain>(0).ListServicesAsync()).Select(service => service.Service));
    }

    [Fact]
    public void Methods_ThatTakeIds_AreAllAsked() => Assert.Equal(
        [
            "IAllocationQueryGrain.DualAsync", "ICampaignGrain.GetAsync", "ICampaignGrain.StopAsync", "ICampaignGrain.StopTargetAsync", "ICaptureQueryGrain.GetAsync", "ICaptureQueryGrain.GetFileAsync",
            "ICaptureQueryGrain.ListFilesAsync", "IComparisonGrain.GetAsync", "IComparisonQueryGrain.GetAsync", "IFleetProfileGrain.EstimateAsync", "IFleetQueryGrain.GetInstanceAsync",
            "IHeapQueryGrain.DiffAsync", "IHeapQueryGrain.DominatorsAsync", "IHeapQueryGrain.PathsAsync", "IHeapQueryGrain.PathsInModuleAsync", "IStorageGrain.CiteAsync", "IStorageGrain.PinAsync", "IStorageGrain.UnpinAsync",
        ],
        Methods().Select(Name).Order(StringComparer.Ordinal));

    private async Task AssertUntouchedAsync()
    {
        OutsideCaller.As(silo.Admin);
        Assert.Equal(CampaignState.Scheduled, (await Grains.GetGrain<ICampaignGrain>($"campaign-{Foreign}").GetAsync())!.State);
        Assert.Equal(Foreign, (await Grains.GetGrain<IComparisonGrain>($"comparison-{Foreign}").GetAsync())!.Service);
    }

    /// <summary>Its answer, and how many rows of denials it has added to the log.</summary>
    private async Task<(string Name, string Answer, int Denied)> AskAsync(MethodInfo method, string services)
    {
        var before = await DeniedAsync();
        OutsideCaller.As(silo.Limited);
        var answer = await AnswerAsync(method, services.Split(' '));
        return (Name(method), answer, await DeniedAsync() - before);
    }

    private async Task<int> DeniedAsync()
    {
        OutsideCaller.As(silo.Admin);
        return (await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Decision = AuditDecision.Denied, Limit = 1_000 })).Count(row => row.CredentialId == silo.Limited && row.Reason == "Not for this service.");
    }

    private async Task<string> AnswerAsync(MethodInfo method, string[] services)
    {
        var type = method.DeclaringType!;
        var key = typeof(IGrainWithIntegerKey).IsAssignableFrom(type)
            ? (IGrain)Grains.GetGrain(type, 0)
            : (IGrain)Grains.GetGrain(type, $"{(type == typeof(ICampaignGrain) ? "campaign" : "comparison")}-{services[0]}");
        try
        {
            var task = (Task)method.Invoke(key, ArgumentsOf(method, services))!;
            await task.WaitAsync(TimeSpan.FromSeconds(30));
            return method.ReturnType == typeof(Task) ? "done" : JsonSerializer.Serialize(task.GetType().GetProperty("Result")!.GetValue(task));
        }
        catch (Exception failure) when (failure is not TimeoutException)
        {
            return $"{failure.GetType().Name}: {failure.Message}";
        }
    }

    /// <summary>The first id is of the first service, the next one of the next where there is one.</summary>
    private static object?[] ArgumentsOf(MethodInfo method, string[] services)
    {
        var ids = 0;
        var arguments = new List<object?>();
        foreach (var parameter in method.GetParameters())
        {
            var type = parameter.ParameterType;
            arguments.Add(
                type == typeof(string) ? IdNames.Contains(parameter.Name) ? $"{KindOf(parameter)}-{services[Math.Min(ids++, services.Length - 1)]}" : "made-up"
                : type == typeof(IReadOnlyList<string>) ? services.Select(service => $"capture-{service}").ToArray()
                : Activator.CreateInstance(type));
        }

        return [.. arguments];
    }

    private static string KindOf(ParameterInfo parameter) =>
        new[] { "campaign", "comparison", "instance" }.FirstOrDefault(kind => parameter.Name!.StartsWith(kind, StringComparison.Ordinal)) ?? "capture";

    private static int IdsOf(MethodInfo method) => method.GetParameters().Sum(parameter => parameter.Name == "captureIds" ? 2 : IdNames.Contains(parameter.Name) ? 1 : 0);

    /// <summary>All that may be called from outside and name something by the key of its grain or by an argument.</summary>
    private static IEnumerable<MethodInfo> Methods() => typeof(IAccessGrain).Assembly.GetTypes()
        .Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type))
        .SelectMany(type => type.GetMethods())
        .Where(method => CallRules.Find(method) is not null && method.Name != nameof(ICampaignGrain.CreateAsync))
        .Where(method => method.DeclaringType == typeof(ICampaignGrain) || method.DeclaringType == typeof(IComparisonGrain) || IdsOf(method) > 0);

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
