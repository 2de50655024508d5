using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Fleet;
using FleetProf.Silo.Tests.Gateway;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>A silo process with a capture, an instance, a campaign and a comparison of each of two services, and a caller who is limited to the first.</summary>
public sealed class SeededSilo : IAsyncLifetime
{
    internal const string Own = "checkout";
    internal const string Foreign = "payroll";

    private readonly CalledSilo called = new();
    private AgentClient? agent;

    internal IClusterClient Grains => called.Grains;

    internal string Admin { get; private set; } = "";

    internal string Limited { get; private set; } = "";

    internal static CampaignSpec SpecOf(string service) => new() { Selector = new() { Services = [service] }, Kinds = [CaptureKind.Trace], SampleSize = 1, Cron = "0 3 * * *" };

    internal static ComparisonRequest RequestOf(string service) => new() { Service = service, DeployId = "d", BaselineVersion = "1", CandidateVersion = "2", DueAt = DateTimeOffset.UtcNow.AddDays(1) };

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(called.DataFolder);
        using (var catalog = CatalogDatabase.Open(Path.Combine(called.DataFolder, "catalog.db"), TimeProvider.System))
        {
            Capture[] captures = [.. new[] { Own, Foreign }.Select(service => new Capture { CaptureId = $"capture-{service}", CampaignId = "k", InstanceId = "i", Service = service, Kind = CaptureKind.Gcdump })];
            await catalog.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, captures, 1));
        }

        await called.InitializeAsync();
        Admin = await OutsideCaller.AdminAsync(Grains);
        OutsideCaller.As(Admin);
        Limited = (await Grains.GetGrain<IPeopleGrain>(0).CreateTokenAsync(new ApiTokenRequest { Name = "limited", Role = Role.Operator, Services = [Own], LifeDays = 1 })).TokenId;
        await SeedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (agent is not null)
        {
            await agent.DisposeAsync();
        }

        await called.DisposeAsync();
    }

    /// <summary>Of both services an instance that runs, a campaign that waits for the night, and a comparison.</summary>
    private async Task SeedAsync()
    {
        agent = await AgentClient.AttachAsync(called.Agents);
        await agent.InventoryAsync(FleetRig.Process($"instance-{Own}", service: Own), FleetRig.Process($"instance-{Foreign}", service: Foreign));
        await GatewayRig.UntilAsync(async () => (await Grains.GetGrain<IFleetQueryGrain>(0).ListInstancesAsync(new InstanceFilter())).Count == 2);
        foreach (var service in new[] { Own, Foreign })
        {
            Assert.Empty((await Grains.GetGrain<ICampaignGrain>($"campaign-{service}").CreateAsync(SpecOf(service), null)).Problems);
            Assert.NotNull(await Grains.GetGrain<IComparisonGrain>($"comparison-{service}").CreateAsync(RequestOf(service)));
        }
    }
}
