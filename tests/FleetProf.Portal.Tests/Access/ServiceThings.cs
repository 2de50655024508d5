using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Access;

/// <summary>What there is of one service in a made-up fleet, by the names that parameters of routes and pages have for it.</summary>
internal sealed class ServiceThings
{
    private readonly Dictionary<string, string> named;

    private ServiceThings(Dictionary<string, string> named, IReadOnlyList<string> traces) => (this.named, Traces) = (named, traces);

    /// <summary>What tells of the service, wherever it stands.</summary>
    public IReadOnlyList<string> Traces { get; }

    public string this[string parameter] => named.TryGetValue(parameter, out var value) ? value : throw new InvalidOperationException($"The parameter {parameter} is new: say here what it names.");

    /// <summary>Plants a campaign of the service, which is over, and asks the portal for the rest.</summary>
    /// <param name="fleet">That of the test alone.</param>
    /// <param name="service">That runs there.</param>
    /// <param name="campaignId">Not the service's name in it, which would then be said by whoever asks for the id.</param>
    public static async Task<ServiceThings> PlantAsync(OwnFleet fleet, string service, string campaignId)
    {
        var world = fleet.Silo.World;
        var instance = FakeHistory.Running(world, [service])[0];
        var spec = new CampaignSpec { Name = "planted", Selector = new() { Services = [service] }, Kinds = [CaptureKind.Gcdump, CaptureKind.Alloc, CaptureKind.Trace], SampleSize = 2, RequestedBy = "ann" };
        world.Campaigns[campaignId] = new(campaignId, spec, world.Start - TimeSpan.FromHours(2), FakeHistory.Running(world, [service]));
        using var admin = fleet.Portal.Authorised();
        using var deploy = await admin.PostAsync("/api/v1/deployments", new { service, version = "9.9.9", startedAt = DateTimeOffset.UnixEpoch.AddDays(20_000) });
        Assert.True(deploy.IsSuccessStatusCode);
        var comparisonId = await MadeAsync(admin, "/api/v1/comparisons", new { service }, "comparisonId");
        var experimentId = await MadeAsync(admin, $"/api/v1/services/{service}/experiments", new { rule = "gen0-budget-small" }, "experimentId");
        return new(
            new(StringComparer.OrdinalIgnoreCase)
            {
                ["service"] = service, ["instance"] = instance.InstanceId, ["instanceId"] = instance.InstanceId, ["version"] = instance.Version, ["host"] = instance.Host,
                ["campaign"] = campaignId, ["campaignId"] = campaignId, ["operationId"] = campaignId, ["comparisonId"] = comparisonId, ["experimentId"] = experimentId,
                // In the order in which they are drawn: each kind of an instance, then of the other.
                ["from"] = CaptureId.Of(campaignId, 0), ["heap"] = CaptureId.Of(campaignId, 0), ["alloc"] = CaptureId.Of(campaignId, 1), ["captureId"] = CaptureId.Of(campaignId, 2), ["to"] = CaptureId.Of(campaignId, 3),
                // These name nothing of a service.
                ["name"] = "summary.json", ["format"] = "csv", ["type"] = FakeHeap.Cart, ["module"] = "Example.Checkout", ["reason"] = "planted", ["documentName"] = "v1", ["actor"] = "ben", ["action"] = "token.create",
                ["agentId"] = FakeEnrolment.Pending, ["tokenId"] = FakeEnrolment.TokenId, ["credentialId"] = "0123456789abcdef",
            },
            [service, campaignId, comparisonId, experimentId, .. world.Fleet.All().Where(known => known.Service == service).Select(known => known.InstanceId)]);
    }

    private static async Task<string> MadeAsync(HttpClient admin, string path, object body, string id)
    {
        using var made = await admin.PostAsync(path, body);
        return (string)(await made.JsonAsync())[id]!;
    }
}
