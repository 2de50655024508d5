using Bunit;
using FleetProf.Contracts;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

public sealed class AuditPageTests : BunitContext
{
    [Fact]
    public void Export_UntilADay_HasTheRowsThatThePageShows()
    {
        AuditQuery? shown = null;
        Services.AddSingleton(PlayedGrains.Cluster((_, arguments) =>
        {
            shown = (AuditQuery)arguments[0]!;
            return Task.FromResult<IReadOnlyList<AuditEntry>>([]);
        }));
        Services.GetRequiredService<NavigationManager>().NavigateTo("audit?until=2026-11-26");

        var address = Render<AuditPage>().Find("a[download]").GetAttribute("href");

        // Rows have milliseconds, and the last of the day counts.
        Assert.Equal(new DateTimeOffset(2026, 11, 26, 23, 59, 59, 999, TimeSpan.Zero), shown!.To);
        Assert.EndsWith("&to=2026-11-26T23%3A59%3A59.999Z", address, StringComparison.Ordinal);
    }

    /// <summary>Nobody who looks need know where the database is, and a silo that runs need not be started.</summary>
    [Fact]
    public void List_WhileTheSilosDatabaseIsAway_SaysWhatHelpsAndNamesNoHost()
    {
        Services.AddSingleton(PlayedGrains.Cluster((_, _) => Task.FromException<IReadOnlyList<AuditEntry>>(CatalogOutage.Of("PostgreSQL fleetprof at db.internal does not answer."))));

        var page = Render<AuditPage>();

        Assert.Equal(
            "The silo cannot use its database; what is shown may be old. The silo's /health/ready says what is wrong; the silo goes on by itself once the database works again.",
            page.Find("[role=alert] span").TextContent);
        Assert.DoesNotContain("db.internal", page.Markup, StringComparison.Ordinal);
    }
}
