using System.Reflection;
using System.Text.Json;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Fleet;
using FleetProf.Silo.Tests.Gateway;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>
/// Every method that takes an id, asked by somebody who is limited to one service about something of that service, of another one, and that nobody made:
/// the other's is answered as what nobody made, stays as it is, and the audit log tells who asked.
/// </summary>
[Trait("Ring", "process")]
public sealed class ForeignIdTests : IAsyncLifetime
{
    private const string Own = "checkout";
    private const string Foreign = "payroll";
    private const string Unknown = "unknown";

    private static readonly string[] IdNames = ["captureId", "fromCaptureId", "toCaptureId", "allocCaptureId", "heapCaptureId", "captureIds", "campaignId", "comparisonId", "instanceId"];

    private readonly TemporaryFolder folder = new();
    private SiloProcess silo = null!;
    private AgentClient agent = null!;
    private IHost client = null!;
    private string admin = "";
    private string limited = "";

    private IClusterClient Grains => client.Services.GetRequiredService<IClusterClient>();

    public async ValueTask InitializeAsync()
    {
        silo = new SiloProcess(folder["data"]);
        Directory.CreateDirectory(folder["data"]);
        using (var catalog = CatalogDatabase.Open(folder["data/catalog.db"], TimeProvider.System))
        {
            Capture[] captures = [.. new[] { Own, Foreign }.Select(service => new Capture { CaptureId = $"capture-{service}", CampaignId = "k", InstanceId = "i", Service = service, Kind = CaptureKind.Gcdump })];
            await catalog.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, captures, 1));
        }

        await silo.StartAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(silo.GatewayPort, serviceId: "fleetprof", clusterId: "fleetprof"));
        client = builder.Build();
        await client.StartAsync();
        admin = await OutsideCaller.AdminAsync(Grains);
        OutsideCaller.As(admin);
        limited = (await Grains.GetGrain<IPeopleGrain>(0).CreateTokenAsync(new ApiTokenRequest { Name = "limited", Role = Role.Operator, Services = [Own], LifeDays = 1 })).TokenId;
        await SeedAsync();
    }

    [Fact]
    public async Task Id_OfAnotherService_IsAnsweredAsUnknownAndToldToTheLog()
    {
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
        OutsideCaller.As(limited);

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
        OutsideCaller.As(limited);

        Assert.Null((await Grains.GetGrain<ICampaignGrain>($"campaign-{Foreign}").CreateAsync(SpecOf(Own), null)).Campaign);
        Assert.Null(await Grains.GetGrain<IComparisonGrain>($"comparison-{Foreign}").CreateAsync(RequestOf(Own)));
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task Lists_OfAllServices_AreOfTheCallersAlone()
    {
        OutsideCaller.As(limited);

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

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await client.StopAsync(limit.Token);
        client.Dispose();
        await agent.DisposeAsync();
        await silo.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Of both services an instance that runs, a campaign that waits for the night, and a comparison.</summary>
    private async Task SeedAsync()
    {
        agent = await AgentClient.AttachAsync(silo.Agents("/"));
        await agent.InventoryAsync(FleetRig.Process($"instance-{Own}", service: Own), FleetRig.Process($"instance-{Foreign}", service: Foreign));
        await GatewayRig.UntilAsync(async () => (await Grains.GetGrain<IFleetQueryGrain>(0).ListInstancesAsync(new InstanceFilter())).Count == 2);
        foreach (var service in new[] { Own, Foreign })
        {
            Assert.Empty((await Grains.GetGrain<ICampaignGrain>($"campaign-{service}").CreateAsync(SpecOf(service), null)).Problems);
            Assert.NotNull(await Grains.GetGrain<IComparisonGrain>($"comparison-{service}").CreateAsync(RequestOf(service)));
        }
    }

    private async Task AssertUntouchedAsync()
    {
        OutsideCaller.As(admin);
        Assert.Equal(CampaignState.Scheduled, (await Grains.GetGrain<ICampaignGrain>($"campaign-{Foreign}").GetAsync())!.State);
        Assert.Equal(Foreign, (await Grains.GetGrain<IComparisonGrain>($"comparison-{Foreign}").GetAsync())!.Service);
    }

    /// <summary>Its answer, and how many rows of denials it has added to the log.</summary>
    private async Task<(string Name, string Answer, int Denied)> AskAsync(MethodInfo method, string services)
    {
        var before = await DeniedAsync();
        OutsideCaller.As(limited);
        var answer = await AnswerAsync(method, services.Split(' '));
        return (Name(method), answer, await DeniedAsync() - before);
    }

    private async Task<int> DeniedAsync()
    {
        OutsideCaller.As(admin);
        return (await Grains.GetGrain<IAuditGrain>(0).ListAsync(new AuditQuery { Decision = AuditDecision.Denied, Limit = 1_000 })).Count(row => row.CredentialId == limited && row.Reason == "Not for this service.");
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

    private static CampaignSpec SpecOf(string service) => new() { Selector = new() { Services = [service] }, Kinds = [CaptureKind.Trace], SampleSize = 1, Cron = "0 3 * * *" };

    private static ComparisonRequest RequestOf(string service) => new() { Service = service, DeployId = "d", BaselineVersion = "1", CandidateVersion = "2", DueAt = DateTimeOffset.UtcNow.AddDays(1) };
}
