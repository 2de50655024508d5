using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Fleet.Deploys;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Access.Calls;

/// <summary>Lists of callers who are limited to services, where a thousand newer rows belong to others.</summary>
public abstract class CallScopeTests(CatalogKind kind) : IDisposable
{
    private const int Foreign = 1_100;
    private const string Prefix = "a_b";
    private static readonly string[] Own = ["checkout", $"{Prefix}-1"];
    private static readonly Grants Limited = new() { Role = Role.Viewer, Services = ["checkout", $"{Prefix}*", "it's"] };

    private readonly TemporaryCatalog catalog = new(kind: kind);

    [Fact]
    public async Task List_OfEveryTable_FindsWhatIsTheCallersBehindAThousandNewerRows()
    {
        await FillAsync();
        CallScope.Current = Limited;
        var captures = await new CaptureTable(catalog.Database).ListAsync(new CaptureFilter(), 1_000);
        var campaigns = await new CampaignTable(catalog.Database).ListAsync(1_000);
        var deploys = await new DeployTable(catalog.Database).ListAsync(null, 1_000);
        var comparisons = await new ComparisonTable(catalog.Database).ListAsync(null, 1_000);
        CallScope.Current = null;

        Assert.Equal(Enumerable.Reverse(Own), captures.Select(capture => capture.Service));
        Assert.Equal(Enumerable.Reverse(Own), campaigns.Select(campaign => campaign.Services.Single()));
        Assert.Equal(Enumerable.Reverse(Own), deploys.Select(deploy => deploy.Service));
        Assert.Equal(Enumerable.Reverse(Own), comparisons.Select(comparison => comparison.Service));
        Assert.Equal(1_000, (await new CaptureTable(catalog.Database).ListAsync(new CaptureFilter(), 1_000)).Count);
    }

    [Fact]
    public async Task List_CallerWithoutServices_IsEmpty()
    {
        await FillAsync();
        CallScope.Current = new Grants { Role = Role.Viewer };

        Assert.Empty(await new CaptureTable(catalog.Database).ListAsync(new CaptureFilter(), 1_000));
        Assert.Empty(await new CampaignTable(catalog.Database).ListAsync(1_000));
        Assert.Empty(await new DeployTable(catalog.Database).ListAsync(null, 1_000));
        Assert.Empty(await new ComparisonTable(catalog.Database).ListAsync(null, 1_000));
    }

    public void Dispose() => catalog.Dispose();

    /// <summary>One row of each table for every service, oldest first: own ones, then those of others, among them names that a pattern of SQL would take for own.</summary>
    private async Task FillAsync()
    {
        string[] services = [.. Own, .. Enumerable.Range(0, Foreign).Select(i => i % 2 == 0 ? $"axb-{i}" : $"checkout-{i}")];
        var at = DateTimeOffset.UnixEpoch.AddDays(20_000);
        Capture[] captures = [.. services.Select((service, i) => new Capture { CaptureId = $"c{i}", CampaignId = "k", InstanceId = "i", Service = service, Kind = CaptureKind.Trace, RequestedAt = at.AddMinutes(i) })];
        DeployRow[] deploys = [.. services.Select((service, i) => new DeployRow { DeployId = $"d{i}", Service = service, Version = "2", StartedAt = at.AddMinutes(i).ToUnixTimeMilliseconds() })];
        var campaigns = new CampaignTable(catalog.Database);
        var comparisons = new ComparisonTable(catalog.Database);
        var side = new ComparisonSide { Version = "1", From = at, To = at };
        await new DeployTable(catalog.Database).SaveAsync("", [], deploys);
        await campaigns.WriteAsync(new CampaignRow { CampaignId = "mixed", State = CampaignState.Completed, CreatedAt = at.AddYears(1), Services = ["checkout", "payroll"] }, captures, 1);
        await Task.WhenAll(services.Select((service, i) => campaigns.WriteAsync(new CampaignRow { CampaignId = $"k{i}", State = CampaignState.Completed, CreatedAt = at.AddMinutes(i), Services = [service] }, [], 1))
            .Concat(services.Select((service, i) => comparisons.UpsertAsync(new Comparison { ComparisonId = $"v{i}", Service = service, Baseline = side, Candidate = side, CreatedAt = at.AddMinutes(i) }))));
    }
}

public sealed class CallScopeOnSqliteTests() : CallScopeTests(CatalogKind.Sqlite);

public sealed class CallScopeOnPostgresTests() : CallScopeTests(CatalogKind.Postgres);
