using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Tests.FakeFleet.Grains;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>An Orleans silo in this process whose grains answer from a <see cref="FakeWorld"/>.</summary>
internal sealed class FakeSilo : IAsyncDisposable
{
    /// <summary>What pages do by pressing; names of methods are enough, as each is of one grain or needs the same of all.</summary>
    private static readonly Dictionary<string, Permission> Acting = new()
    {
        [nameof(IStorageGrain.PinAsync)] = Permission.EditPolicy, [nameof(IStorageGrain.UnpinAsync)] = Permission.EditPolicy, [nameof(IServiceExperimentsGrain.StartAsync)] = Permission.EditPolicy,
        [nameof(ICampaignGrain.CreateAsync)] = Permission.CaptureTrace, [nameof(ICampaignGrain.StopAsync)] = Permission.CaptureTrace, [nameof(ICampaignGrain.StopTargetAsync)] = Permission.CaptureTrace,
        [nameof(IEnrolmentGrain.CreateTokenAsync)] = Permission.ApproveAgents, [nameof(IEnrolmentGrain.ApproveAgentAsync)] = Permission.ApproveAgents, [nameof(IEnrolmentGrain.RevokeAgentAsync)] = Permission.ApproveAgents,
        [nameof(IHoldGrain.PlaceAsync)] = Permission.KillSwitch, [nameof(IHoldGrain.LiftAsync)] = Permission.KillSwitch, [nameof(IPeopleGrain.RevokeAsync)] = Permission.ManageAccess,
    };

    /// <summary>What pages show that not everybody may see.</summary>
    private static readonly Dictionary<(Type? Grain, string Method), Permission> Reading = new()
    {
        [(typeof(IAuditGrain), nameof(IAuditGrain.ListAsync))] = Permission.Audit,
        [(typeof(IPeopleGrain), nameof(IPeopleGrain.ListAsync))] = Permission.ManageAccess,
        [(typeof(IEnrolmentGrain), nameof(IEnrolmentGrain.ListTokensAsync))] = Permission.ApproveAgents,
    };

    private readonly IHost _host;
    private readonly FakeFileServer _files;

    private FakeSilo(IHost host, FakeFileServer files, FakeWorld world, int gatewayPort)
    {
        (_host, _files, World, GatewayPort) = (host, files, world, gatewayPort);
    }

    public FakeWorld World { get; }

    public int GatewayPort { get; }

    public static async Task<FakeSilo> StartAsync(FakeWorld world, int? gatewayPort = null)
    {
        var files = await FakeFileServer.StartAsync();
        world.FileServer = files.Url;
        var gateway = gatewayPort ?? FreePort.Next();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(world);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), gateway, null, "fleetprof", "fleetprof").AddIncomingGrainCallFilter(call => NeedCallerAsync(call, world)));
        var host = builder.Build();
        await host.StartAsync();
        return new(host, files, world, gateway);
    }

    /// <summary>As the real silo: whoever calls from outside says for whom. Tests themselves ask for login codes.</summary>
    private static Task NeedCallerAsync(IIncomingGrainCallContext call, FakeWorld world)
    {
        if (RequestContext.Get(Caller.Key) is Caller caller && FakeAccess.RoleTokens.TryGetValue(caller.CredentialId, out var grants)
            && (Acting.TryGetValue(call.InterfaceMethod.Name, out var needs) || Reading.TryGetValue((call.InterfaceMethod.DeclaringType, call.InterfaceMethod.Name), out needs)) && !grants.Allows(needs))
        {
            world.Forbidden.Enqueue($"{call.InterfaceMethod.DeclaringType!.Name}.{call.InterfaceMethod.Name} by {caller.Name}");
        }

        return call.TargetId.IsSystemTarget() || call.InterfaceMethod.DeclaringType == typeof(IAccessGrain) || RequestContext.Get(Caller.Key) is Caller || call.SourceId?.IsClient() != true
            ? call.Invoke()
            : throw new UnauthorizedAccessException($"{call.InterfaceMethod.Name} was called in nobody's name.");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        await _files.DisposeAsync();
    }
}
