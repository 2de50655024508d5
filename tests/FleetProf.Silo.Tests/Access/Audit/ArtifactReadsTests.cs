using FleetProf.Contracts.Access;
using FleetProf.Contracts.Allocations;
using FleetProf.Contracts.Heaps;
using FleetProf.Contracts.Profiles;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Audit;

/// <summary>Somebody goes through what was recorded, one page after the other.</summary>
public sealed class ArtifactReadsTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly TemporaryCatalog catalog;
    private readonly ArtifactReads reads;
    private volatile bool isAway;

    public ArtifactReadsTests()
    {
        catalog = new TemporaryCatalog(isAway: () => isAway);
        reads = new ArtifactReads(new AuditTable(catalog.Database), clock);
    }

    [Fact]
    public async Task Add_TheSameCallerAndCaptureAgainAndAgain_HasOneRowAMinute()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ReadAsync("vera", "c1")));
        await ReadAsync("vera", "c2");
        await ReadAsync("walter", "c1");
        clock.Advance(TimeSpan.FromSeconds(59));
        await ReadAsync("vera", "c1");
        clock.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync("vera", "c1");

        Assert.Equal([("vera", "c1"), ("vera", "c2"), ("walter", "c1"), ("vera", "c1")], (await RowsAsync()).Select(row => (row.CredentialId, row.Target)));
    }

    /// <summary>Nobody reads what the log does not tell, neither the first nor those who come while its row is written.</summary>
    [Fact]
    public async Task Add_WhileNoRowCanBeKept_FailsForAllAndTheNextHasItsRow()
    {
        isAway = true;
        foreach (var read in Enumerable.Range(0, 20).Select(_ => ReadAsync("vera", "c1")).ToList())
        {
            await Assert.ThrowsAsync<CatalogException>(() => read);
        }

        isAway = false;
        await ReadAsync("vera", "c1");
        await ReadAsync("vera", "c1");

        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task Add_OfMoreThanAreRemembered_LeavesNoneWithoutARow()
    {
        await Task.WhenAll(Enumerable.Range(0, ArtifactReads.MostKnown + 1).Select(i => ReadAsync("vera", $"c{i}")));
        await ReadAsync("vera", $"c{ArtifactReads.MostKnown}");
        await ReadAsync("vera", "c0");

        Assert.Equal(ArtifactReads.MostKnown + 2, (await new AuditTable(catalog.Database).HeadAsync()).Sequence);
    }

    /// <summary>What else gives content away is a link to a file, which has a row each time.</summary>
    [Fact]
    public void Rules_OfCallsThatGiveContentAway_AllTellOfIt()
    {
        var content = CallRules.All.Where(rule => rule.Interface is nameof(IHeapQueryGrain) or nameof(IAllocationQueryGrain) or nameof(IFleetProfileGrain)).ToList();

        Assert.NotEmpty(content);
        Assert.All(content, rule => Assert.True(rule.Rule is { Action: "artifact.read", IsReading: true, TellsOnceAMinute: true }, $"{rule.Interface}.{rule.Method}"));
    }

    public void Dispose() => catalog.Dispose();

    private Task ReadAsync(string credentialId, string target) =>
        reads.AddAsync(new AuditEntry { CredentialId = credentialId, Action = "artifact.read", Target = target, Decision = AuditDecision.Allowed });

    private Task<IReadOnlyList<AuditEntry>> RowsAsync() => new AuditTable(catalog.Database).ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });
}
