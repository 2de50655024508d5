using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeService(FakeWorld world) : Grain, IServiceGrain
{
    public Task SeenAsync(IReadOnlyList<ServiceSighting> sightings) => Task.CompletedTask;

    public Task<Deploy> AnnounceDeployAsync(DeployAnnouncement announcement)
    {
        lock (world.Deploys)
        {
            var known = world.Deploys.FirstOrDefault(deploy => deploy.Service == announcement.Service && deploy.Version == announcement.Version
                && deploy.Environment == announcement.Environment && deploy.StartedAt == announcement.StartedAt);
            if (known is null)
            {
                known = new()
                {
                    DeployId = $"deploy-{world.NextNumber()}",
                    Service = announcement.Service,
                    Version = announcement.Version,
                    Environment = announcement.Environment,
                    StartedAt = announcement.StartedAt,
                    FinishedAt = announcement.FinishedAt,
                    Commit = announcement.Commit,
                    Link = announcement.Link,
                    Source = announcement.Source,
                };
                world.Deploys.Insert(0, known);
            }

            return Task.FromResult(known);
        }
    }
}
