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
        var membership = await MembershipAsync();

        Assert.InRange(membership.MaxProbeTimeout * membership.NumMissedProbesLimit, TimeSpan.Zero, TimeSpan.FromSeconds(9));
    }

    /// <summary>
    /// One that was killed and comes back at another address waits for what it was itself, until it begins to join when that has been silent for 15 s.
    /// Others must not take a silo whose clock is behind theirs for one that has been joining for too long.
    /// </summary>
    [Fact]
    public async Task Membership_OfASiloThatCannotJoin_IsTriedAnewWithinAMinuteAndEndedByNobodysClock()
    {
        var membership = await MembershipAsync();

        var silent = membership.IAmAliveTablePublishTimeout * membership.NumMissedTableIAmAliveLimit;
        Assert.InRange(membership.MaxJoinAttemptTime, silent, TimeSpan.FromSeconds(30));
        Assert.False(membership.EvictWhenMaxJoinAttemptTimeExceeded);
    }

    private static async Task<ClusterMembershipOptions> MembershipAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddCluster();
        await using var app = builder.Build();
        return app.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
    }
}
