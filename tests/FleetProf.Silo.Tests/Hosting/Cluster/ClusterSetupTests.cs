using FleetProf.Silo.Hosting.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class ClusterSetupTests
{
    /// <summary>Its connections stay open, so that what counts is how long nothing came over them: as many of the longest probes as may be missed.</summary>
    [Fact]
    public async Task Membership_OfASiloThatHangs_IsGivenUpWithinTenSeconds()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddCluster();
        await using var app = builder.Build();

        var membership = app.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;

        Assert.InRange(membership.MaxProbeTimeout * membership.NumMissedProbesLimit, TimeSpan.Zero, TimeSpan.FromSeconds(9));
    }
}
