using Bunit;
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
}
